// What a learner fills in where lines or rules are hidden → right or not, and in a sentence why.
// A right side is compared at the places that Python chose; a wrong one with what each slip gives there, in the order
// in which Python's judge thinks of them.

import { num } from "./numbers.js";
import { defined, readSide } from "./reader.js";
import { repair } from "./repairs.js";
import { valueOf } from "./values.js";

const CLOSE = 1e-9, FAINT = 1e-14; // as the judge has it: of the larger side, and what rounding alone may leave

// Takes how many lines there are and the mode ("0", "rule", "1", "2"); gives the numbers of the hidden lines.
export function hiddenLines(count, mode) {
  const hidden = mode === "1" ? 1 : mode === "2" ? 2 : 0;
  return Array.from({ length: Math.min(hidden, count) }, (_, n) => count - Math.min(hidden, count) + 1 + n);
}

// Takes a row of `practice.rules`, the place of the rule chosen, and say; gives {right, sentence}.
export function judgeRule(row, chosen, say) {
  const rule = row.rules[chosen];
  if (chosen === row.right) return { right: true, sentence: say("fade.right", { rule }) };
  return { right: false, sentence: say("fade.wrong", { rule, would: row.would[chosen] }) };
}

// Takes what Python embedded (`practice.py`) and the elementary functions by name; gives a judge of lines:
// judge(typed, line, here, say) → {right, sentence, fault, slip}. `line` is a row of practice.lines, `here` the numbers
// of this step by name, with the slope itself under practice.left, or null. `fault` has the place of what cannot be
// read; right is null where nothing was typed.
export function lineJudge(practice, elementary) {
  let at = null; // where a function of the text finds the quantities that it reads
  const calls = defined(practice.definitions, elementary, practice.names, () => at);
  const points = practice.points.map(numbers), told = practice.told.map(numbers);
  const truth = practice.truth.map(number), toldTruth = practice.toldTruth.map(number);
  const rows = practice.slips.map((row) => ({ ...row, values: row.values.map(number) }));
  const factors = practice.factors.map((row) => ({ ...row, values: row.values.map(number) }));

  const given = (tree, places) => {
    const value = valueOf(tree, calls);
    return places.map((place) => value((at = place)));
  };

  return (typed, line, here, say) => {
    const { tree, fault } = readSide(typed, practice.names);
    if (fault) return { right: fault.key === "read.empty" ? null : false, sentence: say(fault.key, fault.words), fault, slip: null };
    const yours = given(tree, points);
    if (agree(yours, truth)) {
      const key = plain(typed) === plain(line.text) ? "fade.equal" : "fade.equal.form";
      return { right: true, sentence: say(key, { n: line.n, points: points.length }), fault: null, slip: null };
    }
    if (told.length && agree(given(tree, told), toldTruth)) return { right: true, sentence: say("fade.told"), fault: null, slip: null };
    const mended = (when) => {
      const found = repair(tree, practice, (other) => agree(given(other, points), truth), when);
      return found && say(`slip.${found.key}`, found.words);
    };
    const slip = slipOf(yours, truth, { rows, factors, mended }, say);
    const mine = here ? given(tree, [here])[0] : NaN, ours = here ? here[practice.left] : NaN;
    return { right: false, sentence: sentence(slip, mine, ours, say), fault: null, slip };
  };
}

// Takes a learner's numbers and the true ones; gives whether they are equal wherever there are true ones.
export function agree(yours, truth) {
  const told = truth.map((_, n) => n).filter((n) => Number.isFinite(truth[n]));
  return told.length > 0 && told.every((n) => near(yours[n], truth[n]));
}

function near(one, other) {
  return Number.isFinite(one - other) && Math.abs(one - other) <= CLOSE * Math.max(Math.abs(one), Math.abs(other)) + FAINT;
}

function sentence(slip, yours, ours, say) {
  const told = Number.isFinite(yours) && Number.isFinite(ours) && !near(yours, ours);
  const words = { slip, yours: num(yours), ours: num(ours), times: num(yours / ours) };
  if (!told) return say(slip ? "fade.slip" : "fade.other", words);
  if (!slip) return say("fade.other.here", words);
  return say(yours && ours && Number.isFinite(yours / ours) ? "fade.slip.times" : "fade.slip.here", words);
}

// The sentence of the slip that gives these numbers, or null.
function slipOf(yours, truth, { rows, factors, mended }, say) {
  const fits = (values) => yours.every((one, n) => near(one, values[n]));
  const known = (when) => rows.find((row) => row.when === when && fits(row.values))?.sentence ?? null;
  if (yours.some((one, n) => !Number.isFinite(one) && Number.isFinite(truth[n]))) return say("slip.no-number");
  return mended("first") ?? known(0) ?? mended("early") ?? oneFactor(yours, truth, factors, fits, say)
    ?? known(1) ?? constant(yours, truth, say) ?? mended("late") ?? known(2) ?? both(yours, truth, rows, factors, say);
}

function oneFactor(yours, truth, factors, fits, say) {
  for (const { factor, values, twice } of factors) {
    if (fits(times(truth, values))) return say(twice ? "slip.factor-twice" : "slip.extra-factor", { factor });
    if (over(yours, truth, values)) return say("slip.missing-factor", { factor });
    if (over(yours, truth, times(values, values))) return say("slip.divided", { factor });
  }
  return null;
}

function constant(yours, truth, say) {
  const ratio = ratioOf(yours, truth);
  return ratio === null ? null : say("slip.constant", { factor: num(ratio, 6) });
}

// Two slips at once: one of the chain rule or a factor, and a sign, a 2 or a ½.
function both(yours, truth, rows, factors, say) {
  for (const [by, key] of [[-1, "sign"], [2, "missing-half"], [0.5, "missing-two"]]) {
    const second = say(`slip.short.${key}`), less = yours.map((one) => one / by);
    const row = rows.find((one) => one.single && less.every((mine, n) => near(mine, one.values[n])));
    if (row) return say("fade.both", { first: row.sentence, second });
    for (const { factor, values } of factors) {
      if (over(less, truth, values)) return say("fade.both", { first: say("slip.missing-factor", { factor }), second });
      const more = times(truth, values);
      if (less.every((one, n) => near(one, more[n]))) return say("fade.both", { first: say("slip.extra-factor", { factor }), second });
    }
  }
  return null;
}

// Whether the truth without a factor gives the numbers; where the factor is 0, any number may stand.
function over(yours, truth, factor) {
  const told = yours.map((_, n) => n).filter((n) => factor[n] && truth[n]);
  const fit = (one, n) => (factor[n] ? near(one, truth[n] / factor[n]) : near(truth[n], 0));
  return told.length > Math.min(1, factor.length - 1) && yours.every(fit);
}

function times(one, other) {
  return one.map((value, n) => value * other[n]);
}

// The constant by which a line is off, or null.
function ratioOf(yours, truth) {
  const told = yours.map((_, n) => n).filter((n) => truth[n]);
  if (told.length < 2 || yours.some((one, n) => !truth[n] && !near(one, 0))) return null;
  const ratio = yours[told[0]] / truth[told[0]];
  return ratio && told.every((n) => near(yours[n] / truth[n], ratio)) ? ratio : null;
}

function plain(text) {
  return text.replace(/^[^=]*=/, "").replaceAll("*", "·").replaceAll("-", "−").replace(/\s/g, "");
}

// JSON has no number for what is none.
function number(value) {
  return value === null ? NaN : value;
}

function numbers(place) {
  return Object.fromEntries(Object.entries(place).map(([name, value]) => [name, number(value)]));
}
