// Settings of tenants: deep copies that guard against changes, and comparisons of whole trees.
"use strict";

const _ = require("lodash");
const express = require("express");
const { load } = require("./load.cjs");

const defaults = { ui: { theme: "light", columns: Array.from({ length: 20 }, (_, n) => ({ id: n, width: 100, visible: true })) }, mail: { digest: "daily", topics: { news: true, offers: false } }, limits: { seats: 5, storage: 1e9 } };
const tenants = new Map(Array.from({ length: 20 }, (_, n) => [n, { version: 1, ui: { theme: n % 2 ? "dark" : "light" }, limits: { seats: n } }]));

function copied(id) {
  const settings = _.merge(_.cloneDeep(defaults), _.cloneDeep(tenants.get(id)));
  return { ...settings, name: `Tenant ${id}` };
}

function oneLevel(id) {
  const own = tenants.get(id);
  return { ...defaults, ...own, ui: { ...defaults.ui, ...own.ui }, limits: { ...defaults.limits, ...own.limits }, name: `Tenant ${id}` };
}

async function serve(settingsOf) {
  const app = express();
  app.get("/settings/:id", (req, res) => {
    const settings = settingsOf(Number(req.params.id));
    res.json({ name: settings.name, theme: settings.ui.theme, columns: settings.ui.columns.length, seats: settings.limits.seats });
  });
  const ask = await load(app, Array.from({ length: 20 }, (_, n) => ({ path: `/settings/${n}` })));
  return () => ask(20);
}

exports.rounds = 50;
exports.before = () => serve(copied);
exports.after = { "deep-copies": () => serve(oneLevel) };
