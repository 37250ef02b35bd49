// Runs a program of this folder in one of its variants, and captures what it allocates: node capture.cjs PROGRAM VARIANT OUT [INTERVAL]
"use strict";

const fs = require("node:fs");
const inspector = require("node:inspector/promises");
const path = require("node:path");

const WARM = 0.1; // the part of the rounds that comes before the capture

async function main([name, variant, out, interval]) {
  const program = require(path.resolve(name));
  const start = variant === "before" ? program.before : program.after[variant];
  const round = await start();
  const session = new inspector.Session();
  session.connect();
  const live = program.objects === "live";
  const sampling = { samplingInterval: Number(interval), includeObjectsCollectedByMajorGC: !live, includeObjectsCollectedByMinorGC: !live };
  const warm = live ? 0 : Math.ceil(program.rounds * WARM);
  for (let n = 0; n < warm; n++) await round(n);
  if (!live) globalThis.gc();
  await session.post("HeapProfiler.startSampling", sampling);
  for (let n = 0; n < program.rounds; n++) await round(warm + n);
  if (live) {
    await new Promise((done) => setTimeout(done, 100));
    globalThis.gc();
  }
  const { profile } = await session.post("HeapProfiler.stopSampling");
  fs.writeFileSync(out, JSON.stringify(profile));
  process.exit();
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
