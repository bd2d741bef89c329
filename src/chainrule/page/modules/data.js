// The data as a table: cells are typed or pasted, patterns are added and taken away, a file of columns is opened.

import { $$, h, facts, say, set, write } from "./dom.js";
import { datum, handed, handedOut, rows } from "./run.js";
import { q } from "./words.js";

const ROOM = facts.room; // patterns that the page has room for; where it is what the file has, none can be added

// Makes the table; `settings()` gives what is set, `changed(part)` trains again. Gives {table, draw}.
export function grid(settings, changed) {
  const out = h("p", { class: "small", role: "status", id: "data-note" }), body = h("tbody", {}), grows = ROOM > handed;
  let fields = [];

  const value = (key, row) => settings().data[key]?.[row] ?? datum(key, row);
  const every = () => facts.columns.map((key) => Array.from({ length: rows }, (_, row) => value(key, row)));
  // Columns of numbers as what differs from the file.
  const put = (columns) => {
    const data = {};
    facts.columns.forEach((key, place) => columns[place].forEach((one, row) => {
      if (row >= handed || !Object.is(one, filed(key, row))) (data[key] ??= {})[row] = one;
    }));
    write(out, "");
    const count = columns[0].length, file = handedOut().order, fits = count === handed || ["each", "shuffled"].includes(settings().order);
    changed({ data, rows: count, ...(fits ? {} : { order: ["each", "shuffled"].includes(file) ? file : "each" }) });
  };

  // Lines of cells from a place on; the first may name the columns.
  const lines = (text, from, key) => {
    const found = cut(text);
    if (!found.length) return;
    const named = found[0].map((one) => facts.columns.findIndex((each) => [each, q(each)].includes(one)));
    const head = named.some((one) => one >= 0), start = facts.columns.indexOf(key);
    const places = head ? named : found[0].map((_, at) => (start + at < facts.columns.length ? start + at : -1));
    const whole = head || (from === 0 && start === 0 && found[0].length >= facts.columns.length), columns = every();
    const body = head ? found.slice(1) : found, count = whole && grows && facts.columns.every((_, place) => places.includes(place)) ? body.length : rows;
    if (!body.length) { write(out, say("data.empty")); return; }
    if (count > ROOM || from + body.length > Math.max(count, grows ? ROOM : rows)) { write(out, say("data.long", { n: ROOM })); return; }
    for (const column of columns) while (column.length < Math.max(count, from + body.length)) column.push(column.at(-1));
    if (count < rows) for (const column of columns) column.length = count;
    for (const [row, cells] of body.entries()) {
      for (const [at, cell] of cells.entries()) {
        if (!(places[at] >= 0)) continue;
        const number = read(cell);
        if (number === null) { write(out, say("data.cell.bad", { text: cell.slice(0, 40), n: row + 1 })); return; }
        columns[places[at]][from + row] = number;
      }
    }
    put(columns);
  };

  const opened = async (file) => {
    if (file.size > LONGEST) { write(out, say("data.long", { n: ROOM })); return; }
    lines(await file.text(), 0, facts.columns[0]);
  };
  const choose = h("input", { type: "file", accept: ".csv,.tsv,.txt", id: "s-file", change: () => { if (choose.files.length) opened(choose.files[0]); choose.value = ""; } });
  const add = h("button", { type: "button", id: "b-add", click: () => put(every().map((column) => [...column, column.at(-1)])) }, say("data.add"));
  const tools = h("div", { class: "buttons" }, grows ? add : null, h("label", { class: "file" }, say("data.file"), " ", choose));

  const build = () => {
    fields = [];
    body.replaceChildren(...Array.from({ length: rows }, (_, row) => h("tr", {}, h("td", {}, say("pattern.plain", { i: row })), ...facts.columns.map((key) => {
      const field = h("input", { type: "text", id: `s-x-${key}-${row}`, inputmode: "decimal", "aria-label": say("data.cell", { q: q(key), i: row }) });
      field.addEventListener("input", () => {
        const number = read(field.value), { data } = settings();
        if (number !== null) changed({ data: { ...data, [key]: { ...data[key], [row]: number } } });
      });
      field.addEventListener("paste", (event) => {
        const text = event.clipboardData.getData("text");
        if (!/[\t\n]/.test(text.trim())) return;
        event.preventDefault();
        lines(text, row, key);
      });
      fields.push([field, key, row]);
      return h("td", {}, field);
    }), grows ? h("td", {}, taken(row)) : null)));
  };
  const taken = (row) => h("button", {
    type: "button", class: "link", "aria-label": say("data.remove", { i: row }), disabled: rows < 2,
    click: () => { put(every().map((column) => column.filter((_, at) => at !== row))); ($$("button", body)[Math.min(row, rows - 1)] ?? add).focus(); },
  }, "×");
  const head = h("tr", {}, h("th", { scope: "col" }, say("data")), ...facts.columns.map((key) => h("th", { scope: "col" }, q(key))), grows ? h("td", {}) : null);
  const table = h("div", { class: "cells", id: "cells" }, h("table", {}, h("thead", {}, head), body), tools, out);
  table.addEventListener("dragover", (event) => event.preventDefault());
  table.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) opened(event.dataTransfer.files[0]);
  });

  return {
    table,
    draw: () => {
      if (fields.length !== rows * facts.columns.length) build();
      for (const [field, key, row] of fields) shown(field, datum(key, row));
      set(add, { disabled: rows >= ROOM });
    },
  };
}

const LONGEST = 1e6; // of a file

// A number in a field, unless it is being typed there.
export function shown(field, value) {
  if (document.activeElement !== field) field.value = value;
}

const filed = (key, row) => FILED.get(key)[row];
const FILED = new Map(facts.columns.map((key) => [key, Array.from({ length: handed }, (_, row) => datum(key, row))]));

// A number as it is typed; null where there is none.
function read(text) {
  const plain = text.trim().replace("−", "-"), number = Number(/^[^.]*,[^.]*$/.test(plain) ? plain.replace(",", ".") : plain);
  return plain === "" || !Number.isFinite(number) ? null : number;
}

// Lines of a text as cells: between tabs, else semicolons, else commas.
function cut(text) {
  const found = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const mark = ["\t", ";", ","].find((one) => found[0]?.includes(one)) ?? ",";
  return found.map((line) => line.split(mark).map((one) => one.trim().replace(/^"(.*)"$/, "$1")));
}
