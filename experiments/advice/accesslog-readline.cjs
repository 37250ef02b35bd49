// Sums up an access log, line by line.
"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");

const file = path.join(os.tmpdir(), `access-${process.pid}.log`);
const write = () => fs.writeFileSync(file, Array.from({ length: 12000 }, (_, n) => `10.0.0.${n % 250} - - [10/Oct/2026:13:55:${n % 60}] "GET /item/${n % 97} HTTP/1.1" ${n % 31 ? 200 : 500} ${n * 7}\n`).join(""));
const handle = (line, counts) => {
  const status = line.slice(line.indexOf('" ') + 2, line.indexOf('" ') + 5);
  counts[status] = (counts[status] ?? 0) + 1;
};

exports.rounds = 10;
exports.before = async () => {
  write();
  return async () => {
    const counts = {};
    for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) handle(line, counts);
    return counts;
  };
};
exports.after = {
  "lines-by-chunk+event-iterators": async () => {
    write();
    return async () => {
      const counts = {};
      let rest = "";
      for await (const chunk of fs.createReadStream(file, "utf8")) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop();
        for (const line of lines) handle(line, counts);
      }
      if (rest) handle(rest, counts);
      return counts;
    };
  },
};
