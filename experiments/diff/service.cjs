// A small service, for diff.py: requests come in rounds, are parsed, looked up in a bounded cache, rendered, and leave garbage behind; sessions and
// an index live on. `build.py` lays it out as an application with packages.
//
//   SEED=N ROUNDS=N WARM=N                  which requests come, in how many rounds, and in how many before the profile starts
//   HOW=inspector OUT=F INTERVAL=BYTES      writes a profile itself (HOW=xprofiler XPROFILER=DIR: 512 KiB); else to be run with --heap-prof
"use strict";

const timers = require("node:timers/promises");

const { Lru } = require("lru-lite");
const { parseRows, decodeRow } = require("row-codec");
const { render } = require("@tiny/view");
const { startProfile } = require("./capture.cjs");

/** Requests in the order of a seed. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = generator(Number(process.env.SEED || 1));
const pages = new Lru(3000);
const rows = new Lru(8000);
const sessions = new Map();
const index = [];

function newSession(user) {
  return { user, roles: ["reader", `team-${user % 7}`], seen: new Map([["home", user], ["list", user + 1]]), log: [] };
}

function sessionOf(user) {
  let session = sessions.get(user);
  if (!session) {
    session = newSession(user);
    sessions.set(user, session);
    if (sessions.size > 4000) sessions.delete(sessions.keys().next().value);
  }
  return session;
}

function note(session, path) {
  session.log.push({ path, at: session.log.length });
  if (session.log.length > 20) session.log.shift();
}

function indexed(key, size) {
  const entry = new Array(size).fill(key);
  index.push(entry);
  return entry;
}

function query(key) {
  const text = JSON.stringify(Array.from({ length: 8 }, (_, i) => ({ id: key * 8 + i, name: `row ${key}-${i}`, tags: [i, key], price: key * 1.5 + i })));
  return parseRows(text);
}

function load(key) {
  let found = rows.get(key);
  if (!found) {
    found = query(key).map((row) => decodeRow(row));
    rows.set(key, found);
  }
  return found;
}

function handle(request) {
  const session = sessionOf(request.user);
  note(session, request.path);
  const items = load(request.key);
  let page = pages.get(request.key % 5000);
  if (!page) {
    page = render(request.path, items);
    pages.set(request.key % 5000, page);
  }
  const answer = items.filter((item) => item.price > request.key).map((item) => ({ ...item, page: page.length }));
  return JSON.stringify(answer).length;
}

let served = 0;

async function serve(rounds) {
  for (let round = 0; round < rounds; round++) {
    // How many come at a time varies, as they do.
    const many = 40 + Math.floor(random() * 40);
    for (let i = 0; i < many; i++) {
      const key = Math.floor(random() * random() * 12000);
      served += handle({ path: `/item/${key}`, key, user: Math.floor(random() * 6000) });
    }
    await timers.setTimeout(2);
  }
}

async function main() {
  const { ROUNDS, WARM } = process.env;
  await serve(Number(WARM || 0));
  const stop = startProfile();
  for (let i = 0; i < 400; i++) indexed(i, 900 + (i % 5));
  await serve(Number(ROUNDS || 150));
  await stop();
  globalThis.held = { pages, rows, sessions, index, served };
}

main();
