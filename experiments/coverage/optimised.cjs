// Shows what optimising code does to V8's sampler: functions of one text, each a script of its own, each called once and optimised
// while it runs. What they keep is known by arithmetic: 96 bytes an item (a closure and its context).
//
//   node [--no-opt] --random-seed=N optimised.cjs INTERVAL
'use strict';

const inspector = require('node:inspector');
const vm = require('node:vm');

const FUNCTIONS = 500;
const ITEMS = 6250;
const ITEM = 96;
const interval = Number(process.argv[2]);

const text = `(function closures(count) {
  let last = null;
  for (let i = 0; i < count; i++) {
    const held = last;
    last = () => held;
  }
  return last;
})`;
const functions = Array.from({ length: FUNCTIONS }, (_, i) => vm.runInThisContext(text, { filename: `${i}.js` }));

const session = new inspector.Session();
session.connect();
session.post('HeapProfiler.startSampling', { samplingInterval: interval });
globalThis.kept = functions.map((run) => run(ITEMS));
session.post('HeapProfiler.stopSampling', (error, result) => {
  if (error) throw new Error(JSON.stringify(error));
  let estimate = 0;
  const open = [result.profile.head];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.callFrame.functionName === 'closures') estimate += node.selfSize;
    open.push(...node.children);
  }
  const truth = FUNCTIONS * ITEMS * ITEM;
  const standardError = Math.sqrt(interval * truth);
  const percent = (size) => ((100 * size) / truth).toFixed(1);
  const each = (size) => (size / interval / FUNCTIONS).toFixed(2);
  console.log(
    `estimate against truth ${percent(estimate - truth)} % ± ${percent(standardError)}; ` +
      `for each function ${each(estimate - truth)} ± ${each(standardError)} samples`,
  );
});
