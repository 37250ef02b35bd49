// An import of customers from CSV, with Papa Parse.
"use strict";

const Papa = require("papaparse");

const text = (round) => `id,name,mail,city,zip\n${Array.from({ length: 400 }, (_, n) => `${round}-${n},"Name, ${n}",n${n}@example.com,Berlin,${10000 + n}`).join("\n")}`;

const whole = (text) => Papa.parse(text, { header: true, skipEmptyLines: true }).data.map(({ city, zip }) => ({ city, zip }));
const arrays = (text) => Papa.parse(text, { header: false, skipEmptyLines: true }).data.slice(1).map(([, , , city, zip]) => ({ city, zip }));
const job = (read) => async () => {
  const known = new Set();
  return async (round) => {
    for (const { city, zip } of read(text(round))) if (city === "Berlin") known.add(zip);
  };
};

exports.rounds = 60;
exports.before = job(whole);
exports.after = { "csv-fields": job(arrays) };
