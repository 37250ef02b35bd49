// Programs of whose captures the doctor should have nothing to say: each holds about a megabyte a round, in small objects, a few calls deep.
"use strict";

const events = require("node:events");
const timers = require("node:timers/promises");

/** Rows from JSON, grouped by what is in them. */
function rows(rounds, held) {
  const make = (i) => ({ id: i, name: `row ${i}`, tags: [`a${i % 7}`, `b${i % 11}`], price: i / 3, place: { x: i, y: [i, i + 1] } });
  const parse = (round) => JSON.parse(JSON.stringify(Array.from({ length: 1800 }, (_, i) => make(i * 31 + round))));
  const group = (list) => {
    const groups = new Map();
    for (const row of list) {
      const key = row.tags.join("/");
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(row);
    }
    return groups;
  };
  for (let round = 0; round < rounds; round++) held.push(group(parse(round)));
}

/** A text, cut into words that know where they stand. */
function words(rounds, held) {
  const text = (round) => Array.from({ length: 8000 }, (_, i) => `word${(i * 7919 + round) % 5003}`).join(" ");
  const tokens = (source) => [...source.matchAll(/\w+/g)].map((match) => ({ value: match[0], at: match.index }));
  const index = (list) => {
    const places = new Map();
    for (const token of list) places.set(token.value, [...(places.get(token.value) ?? []), token.at]);
    return { places, first: list[0], lengths: list.map((token) => ({ length: token.value.length, token })) };
  };
  for (let round = 0; round < rounds; round++) held.push(index(tokens(text(round))));
}

class Entry {
  constructor(key, value, older) {
    this.key = key;
    this.value = value;
    this.older = older;
  }
}

class Cache {
  entries = new Map();
  newest = null;
  set(key, value) {
    this.newest = new Entry(key, value, this.newest);
    this.entries.set(key, this.newest);
  }
}

/** A cache of class instances. */
function cache(rounds, held) {
  const store = new Cache();
  held.push(store);
  const load = (id) => ({ id, title: `title ${id}`, seen: [id, id + 1, id + 2] });
  for (let id = 0; id < rounds * 4000; id++) store.set(`key:${id}`, load(id));
}

/** A graph, and the ways through it. */
function graph(rounds, held) {
  const build = (size) => {
    const edges = new Map();
    for (let from = 0; from < size; from++) edges.set(from, new Set([1, 7, 31].map((step) => (from * 3 + step) % size)));
    return edges;
  };
  const walk = (edges) => {
    const before = new Map([[0, null]]);
    const queue = [0];
    for (const at of queue) {
      for (const to of edges.get(at)) {
        if (!before.has(to)) before.set(to, { from: at, turn: before.size }), queue.push(to);
      }
    }
    return before;
  };
  for (let round = 0; round < rounds; round++) {
    const edges = build(2000);
    held.push(edges, walk(edges));
  }
}

/** Pages, rendered and kept. */
function pages(rounds, held) {
  const escape = (text) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const item = (i) => ({ text: ["<li>", escape(`<item ${i}> & more`), "</li>"].join(""), length: i % 50, next: i % 3 ? null : { at: i } });
  const page = (round) => ({ round, title: `page ${round}`, lines: Array.from({ length: 5000 }, (_, i) => item(i + round)) });
  for (let round = 0; round < rounds; round++) held.push(page(round));
}

/** Messages, passed on asynchronously. */
async function messages(rounds, held) {
  const bus = new events.EventEmitter();
  const journal = [];
  held.push(journal);
  const accept = (message) => journal.push({ ...message, at: journal.length, state: { retries: 0, seen: [message.id] } });
  bus.on("message", accept);
  const send = async (id) => bus.emit("message", { id, topic: `topic ${id % 9}`, body: [id, `${id}`] });
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 3600; i++) await send(round * 3600 + i);
    await timers.setImmediate();
  }
}

module.exports = { rows, words, cache, graph, pages, messages };
