// Sentences → what is said aloud to whoever does not see the page: once, when it has come to rest, and then gone, so that who
// reads on finds each sentence once.

import { $, write } from "./dom.js";

const SPOKEN = 400, GONE = 4000;

let speaking = 0, going = 0, heard = null;

// Says a sentence soon, unless another follows; nothing while `silent`.
export function voice(words, silent) {
  clearTimeout(speaking);
  if (silent || words === heard) return;
  speaking = setTimeout(() => {
    write($("#spoken"), heard = words);
    clearTimeout(going);
    going = setTimeout(() => write($("#spoken"), ""), GONE);
  }, SPOKEN);
}
