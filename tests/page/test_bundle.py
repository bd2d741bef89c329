"""Modules put together with short names do what they did; no name of a browser is changed, and none of another's."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path

import pytest
from tests.page.browser import Browser
from tests.page.node import MODULES, NODE, in_node, needs_node
from tests.page.test_fade import embedded, spellings

from chainrule.page.bundle import bundle, module, own
from chainrule.page.document import ELEMENTARY
from chainrule.page.link import form
from chainrule.page.minify import joined_tokens, tokens
from chainrule.page.script import script, source
from chainrule.page.strings import english

NOUN = """// a module with what others may take
export const LONG_NAME = 3, table = { shorthand: 1, other() { return 2; } };
export class Refused extends Error {
  constructor(key, ...words) { super(key); Object.assign(this, { key, words }); }
  get both() { return `${this.key}:${this.words.map((one) => `<${one}>`).join("")}`; }
}
export function* counted(until, { from = 0, step = 1 } = {}) {
  for (let place = from; place < until; place += step) yield place;
}
export async function later(value) { return await value; }
function spare() { return LONG_NAME / 2; }
const halved = (value) => value / 2; // a slash /* and a star
export const half = (value) => halved(value) / /[/"`}]/.exec("/")[0].length;
"""

USER = """import { LONG_NAME as many, table, Refused, counted, half, later } from "./noun.js";

const seen = [], name = "shorthand", nested = (a, b = { a, many }) => ({ ...b, [name]: a, many });
switch (name) {
  case "shorthand": {
    const { shorthand: found, other } = table;
    seen.push(found, other(), `${name} ${`${many}${"}"}`}`);
    break;
  }
  default: seen.push("never");
}
const sign = (a) => (a > 0 ? "plus" : a < 0 ? "minus" : `${a}`);
let label = null
seen.push(sign(1), sign(-1), sign(0), half(8), [...counted(7, { step: 3 })], nested(1), 1 - -1, 2 + +2)
for (const key in table) if (key === "other") { label = key } else label ??= "none";
try { throw new Refused("why", "a", "b"); } catch (error) { seen.push(error.both, error instanceof Refused); }
const { length } = seen, [first, { ...rest } = {}] = [length, nested(2)], open = (window) => window + 1;
seen.push(first, rest, label, open(1), /\\d+(?=x)/g.exec("a12x")?.[0], ((a) => { return { a }; })(5), typeof spare);
later({ length }).then((value) => { seen.push(value); console.log(JSON.stringify(seen)); });
"""


@needs_node()
def test_a_program_with_short_names_does_the_same(tmp_path: Path) -> None:
    assert NODE is not None
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    made = bundle([module("noun", NOUN), module("user", USER)])
    for name, text in {"noun": NOUN, "user": USER, "made": made}.items():
        (tmp_path / f"{name}.js").write_text(text, "utf-8")
    said = [
        subprocess.run([NODE, str(tmp_path / f"{name}.js")], check=True, capture_output=True, text=True).stdout
        for name in ("user", "made")
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 100
    assert "LONG_NAME" not in made
    assert "/2}" not in made  # what nothing uses
    assert len(made) < 0.7 * len(NOUN + USER)


def test_layout_goes_and_strings_stay() -> None:
    text = 'const a = "x  // y", b = `  ${ a }\\n  `;\nif (a) ;\nfor (;;) { break; }\nreturn a\nb++\n'
    assert joined_tokens(tokens(text)) == 'const a="x  // y",b=`  ${a}\\n  `;if(a);for(;;){break}\nreturn a\nb++'
    assert joined_tokens(tokens("a = b / c / d; e = /f g/.test(h);")) == "a=b/c/d;e=/f g/.test(h);"
    assert joined_tokens(tokens("a + +b - -c + ++d; 1 .e; 2 in f;")) == "a+ +b- -c+ ++d;1 .e;2 in f;"


@needs_node()
def test_modules_say_the_same_with_short_names(tmp_path: Path) -> None:
    """What a learner types is read and judged, links are read, numbers written: in one script, and in their modules."""

    lines = [*spellings(["(ŷ − y)", "x", "(1 − ŷ)", "ŷ"], random.Random(1)), "(ŷ − y)·x", "2·x", "((", "ŷ^x", "x·q"]
    given = {
        "practice": embedded("identity"), "lines": lines, "strings": dict(english().table), "form": dict(form()),
        "numbers": [0.1, 1e-5, -3.0, 1234567.8, 1e22, 5e-324], "links": ["k=3&a=0.5&w.w=1", "#order=at1,2;3&phase=9"],
    }  # fmt: skip
    body = """
const say = (key, words = {}) => given.strings[key].replace(/\\{(\\w+)\\}/g, (_, name) => String(words[name]));
const judge = lineJudge(given.practice, ELEMENTARY), known = { hash: "", entries: ["w"], quantities: ["w"] };
return {
  lines: given.lines.map((one) => judge(one, given.practice.lines.at(-1), null, say)),
  numbers: given.numbers.map((one) => [num(one), full(one), put(one)]),
  links: given.links.map((one) => readLink(given.form, one, known)),
};"""
    imports = {"fade": "lineJudge", "numbers": "num, full, put", "link": "readLink", "elementary": "ELEMENTARY"}
    elementary = "export const ELEMENTARY = { exp: Math.exp, power: Math.pow };"
    wanted = in_node(tmp_path / "apart", {key: one for key, one in imports.items() if key != "elementary"}, body, given,
                     "const ELEMENTARY = { exp: Math.exp, power: Math.pow };")  # fmt: skip
    lines_ = [f'import {{ {names} }} from "./{name}.js";' for name, names in imports.items()]
    main = "\n".join([*lines_, f"globalThis.outcome = (given) => {{{body}}};"])
    made = script({"main": main, "elementary": elementary, "program": ""}, main="main")
    found = in_node(tmp_path / "one", {}, "return globalThis.outcome(given);", given, made)
    assert found == wanted


def test_no_module_uses_a_name_that_is_unknown(browser: Browser, tmp_path: Path) -> None:
    """A name of the browser that is not in the list would be made short: so every one that modules use is in it, or
    one that they make themselves."""
    (tmp_path / "empty.html").write_text("<!doctype html><title>empty</title>", "utf-8")
    page = browser.page(tmp_path / "empty.html")
    every = """(() => { const found = [];
      for (let one = globalThis; one; one = Object.getPrototypeOf(one)) found.push(...Object.getOwnPropertyNames(one));
      return found; })()"""
    names = set(page.run(every))
    page.close()
    assert {"document", "setTimeout", "RegExp"} <= names
    for path in sorted(MODULES.glob("*.js")):
        one, text = source(path.stem), path.read_text("utf-8")
        for name in {*own(one.found)} & names - set(one.tops) - set(one.given):
            made = rf"(?:const|let|function) \[?{name}\b|[({{\[,] *{name}(?: =[^=>]|[,)}}\]]| of)|\b{name} =>"
            assert re.search(made, text), f"{path.name}: {name} is the browser's; put it in bundle.GLOBALS"


@pytest.mark.parametrize("text", ["</script>", "<!-- ", '"</SCRIPT>"', "`<\\/script`"])
def test_a_script_has_no_end_in_it(text: str) -> None:
    made = script({"main": f"console.log({json.dumps(text)});", "elementary": ELEMENTARY}, main="main")
    assert not re.search(r"</script|<!--", made, re.I)
