// The numbers of a step → a question before it, three answers, and after it the sentence that says why.

import { num, put } from "./numbers.js";

// Takes a step and say; gives every question about it, each {id, ask, answers, right, because}: the sentences, the place
// of the right answer, and the reason. A step is {E, plain: whether the rule subtracts rate × slope, sense: 1 where E is
// to fall, rate, turn: how many questions were asked before, chosen: the place of the weight,
// weights: [{q, slope, before, after, raw}], own: the pattern of the step or null,
// patterns: [{i, before, after, slope}], the last how fast E of the pattern changes along the step}.
export function questions(step, say) {
  const weight = step.weights[step.chosen];
  return [direction(step, weight, say), size(step, weight, say), ...most(step, say), ...others(step, say)].filter((one) => one !== null);
}

// Takes a step and say; gives one question, another kind each time, or null where there is nothing to ask.
export function question(step, say) {
  const found = questions(step, say);
  return found.length ? found[step.turn % found.length] : null;
}

// Takes a question, the place of the answer given, and say; gives what stands beside what happened.
export function answered(asked, chosen, say) {
  if (chosen === asked.right) return say("ask.right", { what: asked.because });
  return say("ask.wrong", { said: asked.answers[chosen], what: asked.because });
}

// Takes a tally {n, r} and whether the answer was as it happened; gives the new tally.
export function counted(tally, right) {
  return { n: tally.n + 1, r: tally.r + (right ? 1 : 0) };
}

function direction(step, weight, say) {
  const { E } = step, moved = weight.after - weight.before, w = weight.q;
  if (!Number.isFinite(moved) || !Number.isFinite(weight.slope)) return null;
  return {
    id: "direction",
    ask: say("ask.direction", { E, w, g: num(weight.slope) }),
    answers: [say("ask.up"), say("ask.down"), say("ask.stay")],
    right: moved > 0 ? 0 : moved < 0 ? 1 : 2,
    because: why(step, weight, moved, say),
  };
}

function why(step, weight, moved, say) {
  const words = { w: weight.q, size: num(Math.abs(moved)), g: num(weight.slope) };
  if (weight.raw !== weight.after) return say(moved === 0 ? "why.box" : "why.boxed", words);
  const way = moved > 0 ? "up" : "down";
  if (step.plain && step.sense * moved * weight.slope < 0) return say(step.sense > 0 ? `why.${way}` : `why.uphill.${way}`, words);
  if (step.plain && moved === 0) return say(weight.slope === 0 ? "why.stay" : "why.small", words);
  return say(`why.rule.${moved === 0 ? "stay" : way}`, words);
}

// By about how much: three powers of ten, the right one in another place each time.
function size(step, weight, say) {
  const moved = Math.abs(weight.after - weight.before);
  if (!step.plain || !(moved > 0) || !Number.isFinite(moved) || weight.raw !== weight.after) return null;
  const place = step.turn % 3, w = weight.q, rate = num(step.rate), g = num(weight.slope);
  const answers = [0, 1, 2].map((n) => num(Number((moved * 10 ** (n - place)).toPrecision(1)), 1));
  if (new Set(answers).size < 3) return null;
  const product = num(step.rate * weight.slope);
  return {
    id: "size",
    ask: say("ask.size", { rate, g, w }),
    answers,
    right: place,
    because: say("why.size", { rate, g: put(weight.slope), product, w, size: num(moved) }),
  };
}

// Which of three weights moves most.
function most(step, say) {
  const finite = step.weights.filter((one) => Number.isFinite(one.after - one.before));
  if (finite.length < 3) return [];
  const far = (one) => Math.abs(one.after - one.before);
  const ranked = [...finite].sort((a, b) => far(b) - far(a));
  if (!(far(ranked[0]) > far(ranked[1]))) return [];
  const rest = ranked.slice(1), offered = [ranked[0], rest[step.turn % rest.length], rest[(step.turn + 1) % rest.length]];
  const shown = step.weights.filter((one) => offered.includes(one)), first = ranked[0];
  const steepest = step.weights.every((one) => Math.abs(one.slope) <= Math.abs(first.slope));
  const words = { w: first.q, size: num(far(first)), g: num(first.slope) };
  return [{
    id: "most",
    ask: say("ask.most"),
    answers: shown.map((one) => one.q),
    right: shown.indexOf(first),
    because: say(step.plain && steepest ? "why.most" : "why.most.rule", words),
  }];
}

// What the error of another pattern does: of those that rise the one that rises most, else the one that changes most.
function others(step, say) {
  const { own, E } = step;
  if (own === null || own === undefined) return [];
  const rest = step.patterns.filter((one) => one.i !== own && Number.isFinite(one.after - one.before));
  if (!rest.length) return [];
  const change = (one) => one.after - one.before;
  const one = rest.reduce((best, next) => (change(next) > Math.max(0, change(best)) || (change(best) <= 0 && change(next) < change(best)) ? next : best));
  const moved = change(one), way = moved > 0 ? "rise" : "fall", straight = moved * one.slope > 0;
  const words = { old: num(one.before), new: num(one.after), h: num(one.slope) };
  return [{
    id: "error",
    ask: say("ask.error", { own, E, i: one.i }),
    answers: [say("ask.rise"), say("ask.fall"), say("ask.same")],
    right: moved > 0 ? 0 : moved < 0 ? 1 : 2,
    because: moved === 0 ? say("why.same", words) : say(`why.${way}${straight ? "" : ".bent"}`, words),
  }];
}
