// A program whose live memory is known, function by function. `run.py` profiles it; docs/sampling.md says what for.
//
//   node program.cjs plan SCALE                      prints which functions there are, and what each keeps by arithmetic
//   node program.cjs keep SCALE                      allocates; for `node --heap-prof`
//   node program.cjs keep SCALE INTERVAL PROFILE     allocates with the inspector's sampling on, and writes PROFILE
//
// SCALE is the sampling interval R (bytes) that the sizes are made for: a function of 20 expected samples keeps 20 R. It is an argument
// of its own, so that the same program can be profiled with INTERVAL 1, which samples every allocation: that is the truth.
//
// Each function is a copy of one of the kinds below, compiled as a script of its own, so that it is a call frame of its own with code
// and feedback of its own. What a function keeps is a chain, each item holding the one before: no list that grows, no large container.
'use strict';

const fs = require('node:fs');
const vm = require('node:vm');

const POINTER = 8;
const OBJECT = 3 * POINTER; // map, properties, elements
const ARRAY = 4 * POINTER; // and length
const ELEMENTS = 2 * POINTER; // map, length
const STRING = 2 * POINTER; // map, hash and length

/** The text that strings are cut from; it is not on V8's heap. */
const text = Buffer.alloc(1 << 20, 'x');

/**
 * What functions allocate: the code (`count` items, each of `length` where that says something), and the bytes of an item. Without
 * what V8 adds: 16 bytes to each literal while its code is not optimised (an allocation memento), and the code itself.
 */
const kinds = {
  objects: {
    code: function objects(count) {
      let last = null;
      for (let i = 0; i < count; i++) last = { last, a: i, b: i, c: i };
      return last;
    },
    bytes: () => OBJECT + 4 * POINTER,
  },
  closures: {
    code: function closures(count) {
      let last = null;
      for (let i = 0; i < count; i++) {
        const held = last;
        last = () => held;
      }
      return last;
    },
    bytes: () => 7 * POINTER + 5 * POINTER, // the function, and the context that holds `held`
  },
  maps: {
    code: function maps(count) {
      let last = null;
      for (let i = 0; i < count; i++) {
        const map = new Map();
        map.set('last', last);
        last = map;
      }
      return last;
    },
    bytes: () => 4 * POINTER + ELEMENTS + (3 + 2 + 4 * 3) * POINTER, // the table: two buckets, four entries of three
    // V8's code asks for 16 bytes more than the table takes and gives them back. A sample of it counts them, but they are where
    // the next object begins, which is sampled the less: with an interval of 1 they count twice, with a usual one they do not.
    excess: 2 * POINTER,
  },
  records: {
    code: function records(count) {
      let last = null;
      for (let i = 0; i < count; i++) last = { last, tags: [i, i, i], point: { x: i + 0.5, y: i } };
      return last;
    },
    bytes: () => OBJECT + 3 * POINTER + ARRAY + ELEMENTS + 3 * POINTER + OBJECT + 2 * POINTER + 2 * POINTER,
  },
  strings: {
    code: function strings(count, length, text) {
      let last = null;
      for (let i = 0; i < count; i++) last = { last, text: text.latin1Slice(0, length) };
      return last;
    },
    bytes: (length) => OBJECT + 2 * POINTER + STRING + length, // lengths are multiples of 8
    length: (bytes) => POINTER * Math.round((bytes - STRING) / POINTER),
  },
  arrays: {
    code: function arrays(count, length) {
      let last = null;
      for (let i = 0; i < count; i++) last = new Array(length).fill(last);
      return last;
    },
    bytes: (length) => ARRAY + ELEMENTS + length * POINTER,
    length: (bytes) => Math.round((bytes - ELEMENTS) / POINTER),
  },
  /** `length` is a list here: one array of each. */
  distinct: {
    code: function distinct(count, lengths) {
      let last = null;
      for (let i = 0; i < count; i++) last = new Array(lengths[i]).fill(last);
      return last;
    },
  },
};

/** Expected samples of functions of small objects. From 80 on only arrays and strings, whose size grows with R: fewer items. */
const EXPECTED = [0.1, 0.3, 0.6, 1, 1.5, 2.5, 4, 6, 9, 13, 17, 20.5, 25, 40, 80, 200, 1000];
const SMALL = ['objects', 'closures', 'maps', 'records', 'strings', 'arrays'];
const SMALL_OF_MANY = ['strings', 'arrays'];
/** Objects above R/10 that recur: kind, size in R, how many. */
const RECURRING = [
  ['arrays', 0.25, 20], ['strings', 0.25, 160], ['strings', 0.5, 24], ['arrays', 0.5, 100], ['arrays', 1, 24], ['arrays', 2, 20],
];
/** Large objects each of its own size: ten around each of these sizes in R, a pointer apart. */
const LARGE = [0.4, 0.5, 0.7, 0.9, 1.05, 1.15, 1.4, 2, 3];
const LARGE_COUNT = 10;

/** The functions for a sampling interval of `scale`. Kinds go round from interval to interval, so each expectation meets several. */
function plan(scale) {
  const turn = Math.round(Math.log2(scale));
  const functions = [];
  const add = (group, kind, label, count, length, bytes) => {
    const excess = count * (kinds[kind].excess ?? 0);
    functions.push({ group, name: `${kind}-${label}`, url: `${group}/${kind}-${label}.js`, kind, count, length, bytes, excess });
  };

  EXPECTED.forEach((expected, i) => {
    const names = expected < 80 ? SMALL : SMALL_OF_MANY;
    const kind = names[(i + turn) % names.length];
    const length = kinds[kind].length?.(scale / 16);
    const item = kinds[kind].bytes(length);
    const count = Math.max(1, Math.round((expected * scale) / item));
    add('small', kind, expected, count, length, count * item);
  });
  for (const [kind, size, count] of RECURRING) {
    const length = kinds[kind].length(size * scale);
    add('recurring', kind, `${size}Rx${count}`, count, length, count * kinds[kind].bytes(length));
  }
  for (const size of LARGE) {
    const middle = kinds.arrays.length(size * scale);
    const lengths = Array.from({ length: LARGE_COUNT }, (_, i) => middle + i - LARGE_COUNT / 2);
    const bytes = lengths.reduce((sum, length) => sum + kinds.arrays.bytes(length), 0);
    add('large', 'distinct', `${size}R`, LARGE_COUNT, lengths, bytes);
  }
  return functions;
}

/** Runs every function and keeps what it gives. Global, so that it is alive when the process ends. */
function keep(functions) {
  globalThis.kept = {};
  for (const { url, kind, count, length } of functions) {
    const run = vm.runInThisContext(`(${kinds[kind].code})`, { filename: url });
    globalThis.kept[url] = run(count, length, text);
  }
}

const [what, scale, interval, profile] = process.argv.slice(2);
const functions = plan(Number(scale));
if (what === 'plan') {
  console.log(JSON.stringify(functions.map(({ group, name, url, bytes, excess }) => ({ group, name, url, bytes, excess }))));
} else if (profile === undefined) {
  keep(functions);
} else {
  const inspector = require('node:inspector');
  const session = new inspector.Session();
  session.connect();
  const post = (method, parameters) =>
    session.post(method, parameters, (error, result) => {
      if (error) throw new Error(JSON.stringify(error));
      if (result.profile) fs.writeFileSync(profile, JSON.stringify(result.profile));
    });
  post('HeapProfiler.startSampling', { samplingInterval: Number(interval) });
  keep(functions);
  post('HeapProfiler.stopSampling');
}
