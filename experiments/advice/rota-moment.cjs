// A rota: shifts of a month, computed and compared with moment.
"use strict";

const moment = require("moment");

const DAY = 86_400_000;

function byMoments(start, people) {
  const shifts = [];
  const end = moment.utc(start).add(1, "month");
  for (let day = moment.utc(start); day.isBefore(end); day = day.clone().add(1, "day")) {
    if (day.isoWeekday() > 5) continue;
    for (const person of people) shifts.push({ person, from: day.clone().add(8, "hours").format("YYYY-MM-DD"), late: day.clone().add(16, "hours").diff(day, "hours") > 12 });
  }
  return shifts;
}

function byTimestamps(start, people) {
  const shifts = [];
  const first = new Date(start);
  const end = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, first.getUTCDate());
  for (let day = first.getTime(); day < end; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    const from = new Date(day + DAY / 3).toISOString().slice(0, 10);
    for (const person of people) shifts.push({ person, from, late: DAY * (2 / 3) > DAY / 2 });
  }
  return shifts;
}

const people = ["Ann", "Ben", "Cid", "Dora", "Eve"];
const job = (rota) => async () => async (round) => {
  let late = 0;
  for (let month = 0; month < 12; month++) for (const shift of rota(Date.UTC(2026, month, 1), people)) late += shift.late ? round : 0;
  return late;
};

exports.rounds = 12;
exports.before = job(byMoments);
exports.after = { "dates-parsed-once": job(byTimestamps) };
