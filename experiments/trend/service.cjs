// A small service under a steady load, and a series of heap profiles of it.
//
//   node service.cjs WRITER FOLDER DUMPS SECONDS LEAK [SEED]
//
// WRITER: `inspector` reads one session again and again (32 KiB, live objects); `xprofiler` starts a session anew for each dump (512 KiB; the package must be
// found, see NODE_PATH). SECONDS: of each dump, or several with commas, taken by turns. LEAK: bytes a second that are never released, 0 for none.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const [writer, folder, dumps, seconds, leak, seed = '1'] = process.argv.slice(2);
const lengths = seconds.split(',').map(Number);
fs.mkdirSync(folder, { recursive: true });

let state = Number(seed) >>> 0;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const document = JSON.stringify(Array.from({ length: 120 }, (_, i) => ({ id: i, name: 'package-' + i, versions: ['1.0.' + i, '2.0.' + i] })));

// Garbage: parsed, looked at, dropped.
function parseManifest() {
  return JSON.parse(document).length;
}
function renderPage() {
  const lines = [];
  for (let i = 0; i < 300; i++) lines.push('<li>' + i * 17 + '</li>');
  return lines.join('').length;
}
function queryRows() {
  const rows = [];
  for (let i = 0; i < 400; i++) rows.push({ id: i, text: 'row ' + i, at: [i, i + 1, i + 2] });
  return rows.filter(row => row.id % 2).length;
}

// Warm-up: a cache that is full after a while.
const cache = new Map();
function fillCache() {
  const entry = [];
  for (let i = 0; i < 60; i++) entry.push(i * cache.size + 0.5);
  if (cache.size < 4000) cache.set(cache.size, entry);
}
// The cache of things in use: entries come and go, its size stays.
const recent = [];
function remember() {
  const values = [];
  for (let i = 0; i < 150; i++) values.push({ at: i, value: random() });
  recent[Math.floor(random() * 500)] = values;
}
// A request in work holds its rows while it waits.
async function handleRequest() {
  parseManifest();
  const rows = [];
  for (let i = Math.floor(random() * 300); i >= 0; i--) rows.push({ i, v: i / 3 });
  await new Promise(done => setTimeout(done, random() * 40));
  renderPage();
  queryRows();
  fillCache();
  remember();
  return rows.length;
}
setInterval(function onRequests() {
  for (let i = 0; i < 4; i++) handleRequest();
}, 20);

// Saw-tooth: gathered, then sent.
let batch = [];
function gather() {
  const event = [];
  for (let i = 0; i < 80; i++) event.push({ name: i });
  batch.push(event);
  if (batch.length > 1500) batch = [];
}
setInterval(function onEvents() {
  gather();
}, 20);

// The leak: listeners that nobody removes, each with what it closes over.
const listeners = [];
function subscribe() {
  const payload = [];
  for (let i = 0; i < 100; i++) payload.push({ key: i, value: i / 2 });
  listeners.push(function onChange() { return payload.length; });
}
// What subscribe() keeps, roughly.
const SUBSCRIPTION = 100 * 40 + 1100;
let owed = 0;
setInterval(function onConnections() {
  owed += Number(leak) * 20 / 1000;
  for (; owed > SUBSCRIPTION; owed -= SUBSCRIPTION) subscribe();
}, 20);

const sleep = ms => new Promise(done => setTimeout(done, ms));

async function inspector() {
  const { Session } = require('node:inspector');
  const session = new Session();
  session.connect();
  const post = (method, params) => new Promise((done, fail) => session.post(method, params, (error, result) => error ? fail(error) : done(result)));
  await post('HeapProfiler.enable');
  await post('HeapProfiler.startSampling', { samplingInterval: 32768 });
  for (let n = 0; n < Number(dumps); n++) {
    await sleep(1000 * lengths[n % lengths.length]);
    const { profile } = await post('HeapProfiler.getSamplingProfile');
    fs.writeFileSync(path.join(folder, `dump-${process.pid}-${n}.heapprofile`), JSON.stringify(profile));
  }
}

// As its users do it: from outside, by its own command.
async function xprofiler() {
  const { promisify } = require('node:util');
  const run = promisify(require('node:child_process').execFile);
  const command = require.resolve('xprofiler/bin/xprofctl');
  require('xprofiler')({ log_dir: path.resolve(folder), log_interval: 3600 });
  const control = action => run(process.execPath, [command, action, '-p', String(process.pid)]);
  await sleep(500);
  for (let n = 0; n < Number(dumps); n++) {
    await control('start_heap_profiling');
    await sleep(1000 * lengths[n % lengths.length]);
    await control('stop_heap_profiling');
  }
}

({ inspector, xprofiler })[writer]().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
