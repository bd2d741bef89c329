// Does this browser compute what Python computes? Points of each printed function, compared by a sum over all bits.

import { FUNCTIONS } from "./program.js";
import { $, facts, say, write } from "./dom.js";

// Says in the footer where a bit is another.
export function selftest() {
  for (const [name, { points, sum }] of Object.entries(facts.trials)) {
    const call = FUNCTIONS[name], many = call.length, number = new Float64Array(1), words = new Uint32Array(number.buffer);
    let found = 0x811c9dc5;
    for (let at = 0; at < points.length; at += many) {
      number[0] = call(...points.slice(at, at + many));
      for (const word of number[0] === number[0] ? words : [0, 0x7ff80000]) found = Math.imul(found ^ word, 0x01000193) >>> 0;
    }
    if (found !== sum) { write($("#foot"), say("foot.differs")); return; }
  }
}
