// What interval_inference.py profiles: a program of a few kinds of work, and the sampling heap profiler around it.
//
//   node program.cjs OUT INTERVAL live|all expressions|records|tables
//
// live: what is still held at the end. all: collected objects too. Each kind holds on to a part of what it makes.
"use strict";

const fs = require("node:fs");
const inspector = require("node:inspector");

const [out, interval, objects, kind] = process.argv.slice(2);
const held = [];

// Many small objects by deep recursion along many paths: an expression is read, simplified and printed.
function expressions() {
  const operators = ["+", "-", "*", "/"];
  let state = 7;
  const next = (n) => (state = (state * 48271) % 2147483647) % n;
  const term = (depth) => (depth === 0 || next(4) === 0 ? name() : `(${term(depth - 1)} ${operators[next(4)]} ${term(depth - 1)})`);
  const name = () => (next(2) ? `v${next(50)}` : `${next(1000) / 8}`);
  const tokens = (text) => text.match(/[()]|[-+*/]|[\w.]+/g).map((value, at) => ({ value, at }));
  function read(list, at) {
    const token = list[at.i++];
    return token.value === "(" ? readPair(list, at) : { leaf: token.value, at: token.at };
  }
  function readPair(list, at) {
    const left = read(list, at);
    const operator = list[at.i++].value;
    const right = read(list, at);
    at.i++;
    return { operator, operands: [left, right], names: new Set() };
  }
  function simplify(node) {
    if (!node.operator) return { ...node };
    const operands = node.operands.map(simplify);
    if (node.operator === "*" && operands.some((operand) => operand.leaf === "0")) return { leaf: "0" };
    return { ...node, operands };
  }
  const print = (node) => (node.operator ? [print(node.operands[0]), node.operator, print(node.operands[1])].join(" ") : node.leaf);
  for (let round = 0; round < 400; round++) {
    const tree = simplify(read(tokens(term(9)), { i: 0 }));
    const text = print(tree);
    if (round % 8 === 0) held.push({ tree, text });
  }
}

// Rows from JSON, grouped, sorted, turned into text again.
function records() {
  const make = (i) => ({ id: i, name: `row ${i}`, tags: [`a${i % 7}`, `b${i % 11}`], price: i / 3, nested: { x: i, y: [i, i + 1] } });
  const group = (rows) => {
    const groups = new Map();
    for (const row of rows) {
      const key = row.tags.join("/");
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push({ ...row, key });
    }
    return groups;
  };
  const line = (row) => `${row.id};${row.name.toUpperCase()};${row.price.toFixed(2)}`;
  for (let round = 0; round < 60; round++) {
    const rows = JSON.parse(JSON.stringify(Array.from({ length: 700 }, (_, i) => make(i * 31 + round))));
    const groups = group(rows);
    const lines = [...groups.values()].flatMap((part) => part.sort((a, b) => b.price - a.price).map(line));
    if (round % 6 === 0) held.push(groups, new Map(lines.map((text, i) => [text, { i, text }])), lines.join("\n"));
  }
}

// Large objects whose sizes stand just above powers of two, as samples at such an interval do.
function tables() {
  const table = (length) => new Array(length).fill(1.5);
  const text = (length) => Buffer.alloc(length, 97).toString("latin1");
  for (let round = 0; round < 12; round++) {
    for (const length of [512, 2048, 4096, 16384, 65536]) {
      const made = [table(length), table(length), text(length * 8)];
      if (round % 3 === 0) held.push(...made);
    }
  }
}

const session = new inspector.Session();
session.connect();
const collected = objects === "all";
session.post("HeapProfiler.startSampling", {
  samplingInterval: Number(interval),
  includeObjectsCollectedByMajorGC: collected,
  includeObjectsCollectedByMinorGC: collected,
});
({ expressions, records, tables })[kind]();
session.post("HeapProfiler.stopSampling", (error, result) => {
  if (error) throw new Error(error.message);
  fs.writeFileSync(out, JSON.stringify(result.profile));
});
if (held.length === 0) throw new Error("nothing is held");
