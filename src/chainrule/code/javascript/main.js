// --- run by Node: trains, and prints each weight with its full value

function shown(value) {
  return Array.isArray(value) ? `[${value.map(shown).join(", ")}]` : Object.is(value, -0) ? "-0" : String(value);
}

if (typeof module !== "undefined") module.exports = { train, begin, advance, quantities, weights, starts };
if (typeof window === "undefined" && (typeof require === "undefined" || require.main === module)) {
  for (const [name, value] of Object.entries(weights(train().state))) console.log(`${name} = ${shown(value)}`);
}
