// The questions of a learner: what the file says of them stands while nothing has changed that it needs; then claims are
// computed again, and where there are none it is said that it is not known, and how to find out.

import { $, $$, facts, say, set, write } from "./dom.js";
import { advance, visits, passLength, PROGRAM, VALUES } from "./program.js";
import { handedOut } from "./run.js";
import { probesOf, tell } from "./claims.js";

const SOON = 150, WAITS = "…";
const MARKS = { yes: ["up", "✓"], no: ["bw", "!"], open: ["", "?"] };
const program = { advance, visits, passLength, PROGRAM, VALUES };
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Which of model, data, rule, order, rate, start and k are other than in the file.
function changed(settings, k) {
  const file = handedOut(), found = [];
  if (!same(settings.data, file.data)) found.push("data");
  if (settings.rate !== file.rate) found.push("rate");
  if (!same(settings.order, file.order) || settings.steps !== file.steps) found.push("order");
  if (settings.seed !== file.seed) found.push("start", "order");
  if (!same(settings.starts, file.starts)) found.push("start");
  if (!same(settings.consts, file.consts)) found.push("model");
  if (settings.rule !== file.rule || settings.hold.length) found.push("rule");
  if (settings.rows !== file.rows) found.push("rows");
  if (k !== facts.opening.k) found.push("k");
  return found;
}

// The command that finds out; data that were typed are a file.
function command(settings) {
  const file = handedOut(), parts = [facts.claims.command];
  if (!same(settings.data, file.data) || settings.rows !== file.rows) parts.push("--data FILE");
  if (settings.rate !== file.rate) parts.push(`--rate ${settings.rate}`);
  if (!same(settings.order, file.order)) parts.push(`--batch ${settings.order}`);
  if (settings.steps !== file.steps) parts.push(`--steps ${settings.steps}`);
  if (settings.seed !== file.seed) parts.push(`--seed ${settings.seed}`);
  if (settings.rule !== file.rule) parts.push("--update gd");
  for (const name of settings.hold) parts.push(`--hold ${name}`);
  for (const [name, value] of Object.entries(settings.consts)) parts.push(`--set ${name}=${value}`);
  for (const name of new Set(Object.keys(settings.starts).map((place) => facts.entries[place].key))) {
    const place = Object.keys(settings.starts).find((one) => facts.entries[one].key === name);
    parts.push(`--start ${name}=${facts.entries[place].q.includes("[") ? `@${name}.json` : settings.starts[place]}`);
  }
  return parts.join(" ");
}

// Makes what draws the answers of a run at a position; `busy` is whether the page plays.
export function questions() {
  const box = $("#questions"), { table, about, asked } = facts.claims;
  const parts = $$("[data-asked]", box).map((element, place) => {
    const mark = $(".mark", element), answer = $(".answer", element);
    return { ...asked[place], mark, answer, first: [answer.textContent, mark.className, mark.textContent, mark.getAttribute("aria-label")] };
  });
  let timer = 0, known = new Map(), of = null;

  const put = (part, text, word) => {
    const [colour, sign] = MARKS[word];
    write(part.answer, text);
    write(part.mark, sign);
    set(part.mark, { class: `mark ${colour}`.trim(), "aria-label": say(`questions.mark.${word}`) });
  };
  const stand = ({ first: [text, look, sign, label], mark, answer }) => {
    write(answer, text);
    write(mark, sign);
    set(mark, { class: look, "aria-label": label });
  };
  const answered = (part, R, k) => {
    const key = part.needs.includes("k") ? `${part.name} ${k}` : part.name;
    if (!known.has(key)) {
      const { order, seed, rate } = R.settings;
      const probes = probesOf(program, about, { order, seed, rate, consts: R.consts, trace: R.kept, departure: R.left }, k);
      known.set(key, tell(table, facts.strings, probes, part.live));
    }
    return known.get(key);
  };
  const computed = (R, k, pending) => {
    for (const part of pending) {
      const found = answered(part, R, k), every = found.map(({ holds }) => holds);
      put(part, found.map(({ text }) => text).join(" "), every.includes(false) ? "no" : every.includes(null) ? "open" : "yes");
    }
  };

  return (R, k, phase, busy) => {
    clearTimeout(timer);
    if (R !== of) [known, of] = [new Map(), R];
    const now = changed(R.settings, k), pending = [];
    for (const part of parts) {
      if (phase < 4 && part.needs.includes("k")) put(part, WAITS, "open");
      else if (!part.needs.some((one) => now.includes(one)) && !now.includes("rule") && !now.includes("rows")) stand(part);
      else if (!part.live.length || R.every > 1 || now.includes("rule") || now.includes("rows")) put(part, say("questions.unknown", { command: command(R.settings) }), "open");
      else { put(part, WAITS, "open"); pending.push(part); }
    }
    if (!pending.length || busy || !R.done) return;
    if (document.body.classList.contains("ready")) timer = setTimeout(() => computed(R, k, pending), SOON);
    else computed(R, k, pending);
  };
}
