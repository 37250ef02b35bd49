// Runs one program of doctor.py: `node app.cjs PROGRAM ROUNDS`, from PROGRAMS where that is given. To be profiled by whoever starts it (`node --heap-prof`), or by itself:
//
//   HOW=inspector OUT=F INTERVAL=BYTES COLLECTED=0|1     the inspector protocol
//   HOW=xprofiler OUT=F XPROFILER=DIR                    xprofiler, from DIR/node_modules: 512 KiB, 16 calls
//   HOW=code OUT=F CODE=v8.startHeapProfile(…)           Node's own API, from Node 26 on
//   HOW=usage OUT=F CODE=fs.writeFileSync(…)             no profile: what the process says of its memory
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const inspector = require("node:inspector");
const path = require("node:path");
const timers = require("node:timers/promises");
const v8 = require("node:v8");

const programs = { ...require(process.env.PROGRAMS || "./sound.cjs"), ...require("./faulty.cjs") };
const { HOW, OUT, INTERVAL, COLLECTED, XPROFILER, CODE } = process.env;

/** Each starts a profile and gives what ends it and writes it. */
const profilers = {
  inspector() {
    const session = new inspector.Session();
    session.connect();
    const collected = COLLECTED === "1";
    const parameters = { samplingInterval: Number(INTERVAL), includeObjectsCollectedByMajorGC: collected, includeObjectsCollectedByMinorGC: collected };
    session.post("HeapProfiler.startSampling", parameters);
    return () => session.post("HeapProfiler.stopSampling", (error, result) => fs.writeFileSync(OUT, JSON.stringify(result.profile)));
  },
  xprofiler() {
    const folder = path.join(XPROFILER, "node_modules/xprofiler");
    require(folder)({ log_dir: path.dirname(OUT) });
    const control = (action) => execFileSync(process.execPath, [path.join(folder, "bin/xprofctl"), action, "-p", String(process.pid)]);
    control("start_heap_profiling");
    return async () => {
      control("stop_heap_profiling");
      await timers.setTimeout(1000);
      const [written] = fs.readdirSync(path.dirname(OUT)).filter((name) => name.startsWith("x-heapprofile-"));
      fs.renameSync(path.join(path.dirname(OUT), written), OUT);
      process.exit();
    };
  },
  code() {
    const handle = new Function("v8", `return ${CODE}`)(v8);
    return () => fs.writeFileSync(OUT, handle.stop());
  },
  usage: () => () => new Function("fs", "require", CODE)(fs, require),
};

async function main([program, rounds]) {
  const held = [];
  // From a timer, so that no stack begins with the loading of modules.
  await timers.setTimeout(HOW === "xprofiler" ? 500 : 10);
  const stop = HOW ? profilers[HOW]() : () => {};
  await programs[program](Number(rounds), held);
  await stop();
  // What is held is in the profile of `node --heap-prof`, too, which is written last.
  globalThis.held = held;
}

main(process.argv.slice(2));
