// Starts the profile that diff.py asks for, and gives what ends it and writes it.
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const inspector = require("node:inspector");
const path = require("node:path");
const timers = require("node:timers/promises");

const { HOW, OUT, INTERVAL, XPROFILER } = process.env;

function byInspector() {
  const session = new inspector.Session();
  session.connect();
  session.post("HeapProfiler.startSampling", { samplingInterval: Number(INTERVAL) });
  return () => session.post("HeapProfiler.stopSampling", (error, result) => fs.writeFileSync(OUT, JSON.stringify(result.profile)));
}

function byXprofiler() {
  const folder = path.join(XPROFILER, "node_modules/xprofiler");
  const logs = fs.mkdtempSync(path.join(path.dirname(OUT), "x-"));
  require(folder)({ log_dir: logs });
  const control = (action) => execFileSync(process.execPath, [path.join(folder, "bin/xprofctl"), action, "-p", String(process.pid)]);
  control("start_heap_profiling");
  return async () => {
    control("stop_heap_profiling");
    let written;
    while (!written) {
      await timers.setTimeout(50);
      written = fs.readdirSync(logs).find((name) => name.startsWith("x-heapprofile-"));
    }
    await timers.setTimeout(100);
    fs.renameSync(path.join(logs, written), OUT);
    fs.rmSync(logs, { recursive: true });
    process.exit();
  };
}

exports.startProfile = () => (HOW === "inspector" ? byInspector() : HOW === "xprofiler" ? byXprofiler() : () => {});
