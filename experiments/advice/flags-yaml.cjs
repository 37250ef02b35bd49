// A service that reads its feature flags from YAML for each request.
"use strict";

const express = require("express");
const yaml = require("js-yaml");
const { load } = require("./load.cjs");

const text = Array.from({ length: 60 }, (_, n) => `feature_${n}:\n  enabled: ${n % 2 === 0}\n  share: 0.${n}\n  groups: [beta, staff, "team ${n}"]\n  since: 2026-01-0${1 + (n % 9)}\n`).join("");

async function serve(flags) {
  const app = express();
  app.get("/feature/:id", (req, res) => {
    const flag = flags()[`feature_${req.params.id}`];
    res.json({ on: flag.enabled, groups: flag.groups.length });
  });
  const ask = await load(app, Array.from({ length: 20 }, (_, n) => ({ path: `/feature/${n}` })));
  return () => ask(20);
}

exports.rounds = 20;
exports.before = () => serve(() => yaml.load(text));
exports.after = {
  "yaml-parsing": () => {
    const flags = yaml.load(text);
    return serve(() => flags);
  },
};
