// The stock of a shop in SQLite (sql.js), asked with Drizzle: a row by its id again and again, and lists with all columns.
"use strict";

const { eq, gt, sql } = require("drizzle-orm");
const { drizzle } = require("drizzle-orm/sql-js");
const { integer, real, sqliteTable, text } = require("drizzle-orm/sqlite-core");
const initSqlJs = require("sql.js");

const items = sqliteTable("items", { id: integer("id").primaryKey(), name: text("name"), shelf: text("shelf"), count: integer("count"), price: real("price"), note: text("note"), maker: text("maker"), country: text("country") });

async function database() {
  const { Database } = await initSqlJs();
  const raw = new Database();
  raw.run("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, shelf TEXT, count INTEGER, price REAL, note TEXT, maker TEXT, country TEXT)");
  for (let n = 1; n <= 400; n++) raw.run("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [n, `Item ${n}`, `S${n % 12}`, n % 30, n * 1.5, "note ".repeat(8), `Maker ${n % 9}`, "DE"]);
  return drizzle(raw);
}

const byId = (db, id) => db.select({ id: items.id, name: items.name, count: items.count }).from(items).where(eq(items.id, id)).get();
const full = (db) => db.select().from(items).where(gt(items.count, 20)).all();

function job(db, { find = byId, list = full }) {
  return async (round) => {
    let sum = 0;
    for (let n = 0; n < 60; n++) sum += find(db, 1 + ((round * 60 + n) % 400)).count;
    for (const { id, count } of list(db)) sum += id * count;
    await null;
    return sum;
  };
}

exports.rounds = 60;
exports.before = async () => job(await database(), {});
exports.after = {
  "query-builder-prepare": async () => {
    const db = await database();
    const prepared = db.select({ id: items.id, name: items.name, count: items.count }).from(items).where(eq(items.id, sql.placeholder("id"))).prepare();
    return job(db, { find: (_, id) => prepared.get({ id }) });
  },
  "drizzle-rows": async () => job(await database(), { list: (db) => db.select({ id: items.id, count: items.count }).from(items).where(gt(items.count, 20)).all() }),
};
