// A nightly import of measurements from CSV, with csv-parse.
"use strict";

const { parse } = require("csv-parse/sync");

const text = (round) => `station,at,temperature,wind,rain,remark\n${Array.from({ length: 1500 }, (_, n) => `S${n % 40},${round}-${n},${(n % 300) / 10},${n % 12},0.${n % 10},ok`).join("\n")}`;

exports.rounds = 20;
exports.before = async () => async (round) => {
  let sum = 0;
  for (const row of parse(text(round), { columns: true })) sum += Number(row.temperature);
  return sum;
};
exports.after = {
  "csv-fields": async () => async (round) => {
    let sum = 0;
    for (const [, , temperature] of parse(text(round), { columns: false, from: 2 })) sum += Number(temperature);
    return sum;
  },
};
