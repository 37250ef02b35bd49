// Programs whose captures have something the doctor should find; each holds about a megabyte a round, unless it says otherwise.
"use strict";

/** Nothing at all. */
function idle() {}

/** Trees that are built by recursion. V8 keeps the innermost 128 or 16 calls, so of deeper ones the outer callers are lost. */
function deep(rounds, held, depth = 200) {
  const build = (left) => (left === 0 ? leaves() : { below: build(left - 1), name: `level ${left}`, at: [left] });
  const leaves = () => Array.from({ length: 40 }, (_, i) => ({ i, text: `leaf ${i}` }));
  for (let i = 0; i < rounds * 25; i++) {
    held.push(build(depth));
    build(depth);
  }
}

/** The same, just deep enough for xprofiler to cut. */
function sixteen(rounds, held) {
  deep(rounds * 6, held, 20);
}

/** Rows that are read by code made of text, as drivers and validators do. */
function generated(rounds, held) {
  const fields = ["id", "name", "price"].map((field, i) => `${field}: row[${i}] / 2`).join(", ");
  const read = new Function("rows", `return rows.map((row) => ({ ${fields}, tags: [row[0], row[1]], text: "row " + row[2], seen: new Set([row[0]]) }));`);
  for (let i = 0; i < rounds; i++) held.push(read(Array.from({ length: 2000 }, (_, at) => [at, at * 2, i])));
}

/** Messages as Buffers: a hundred bytes of the heap stand for four thousand outside it. */
function buffers(rounds, held) {
  const body = Buffer.alloc(4096, 97);
  for (let i = 0; i < rounds * 3000; i++) held.push(Buffer.concat([Buffer.from([i]), body]));
}

/** A few arrays of nearly three times 32 KB, among rows. */
function large(rounds, held) {
  const row = (i) => ({ i, name: `row ${i}`, at: [i, i + 1], price: i / 3, seen: i % 3 ? [i] : { i, last: null } });
  const tables = () => [new Array(11900).fill(1), new Array(11500).fill(1), new Array(11100).fill(1)];
  const columns = () => [new Array(11900).fill(2), new Array(11500).fill(2), new Array(11100).fill(2)];
  const grids = () => [new Array(11900).fill(3), new Array(11500).fill(3), new Array(11100).fill(3)];
  held.push(tables(), columns(), grids());
  for (let round = 0; round < rounds; round++) {
    held.push(Array.from({ length: 2500 }, (_, i) => row(i)));
    Array.from({ length: 500 }, (_, i) => row(i));
  }
}

/** Rows, one in ten of them kept, by functions with names beyond ASCII. */
function garbage(rounds, held) {
  const größe = (i) => ({ i, name: `row ${i}`, at: [i, i + 1] });
  for (let i = 0; i < rounds * 60000; i++) {
    const made = größe(i);
    if (i % 10 === 0) held.push(made);
  }
}

module.exports = { idle, deep, sixteen, generated, buffers, large, garbage };
