// Does this browser compute what Python computes? Points of each printed function, compared bit for bit.

import { FUNCTIONS } from "./program.js";
import { $, facts, say, write } from "./dom.js";

// Says in the footer where a bit is another.
export function selftest() {
  for (const [name, points] of Object.entries(facts.trials)) {
    for (const point of points) {
      const numbers = point.map(Number), wanted = numbers.pop();
      if (!Object.is(FUNCTIONS[name](...numbers), wanted)) return write($("#foot"), say("foot.differs"));
    }
  }
  return null;
}
