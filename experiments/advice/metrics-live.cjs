// Live: a histogram whose labels have the raw url.
"use strict";

const express = require("express");
const { Histogram, Registry } = require("prom-client");
const { load } = require("./load.cjs");

async function serve(labels) {
  const register = new Registry();
  const duration = new Histogram({ name: "request_seconds", help: "Time of requests", labelNames: ["method", "path", "status"], registers: [register] });
  const app = express();
  app.use((req, res, next) => {
    const end = duration.startTimer();
    res.on("finish", () => end(labels(req, res)));
    next();
  });
  app.get("/users/:id", (req, res) => res.json({ id: req.params.id }));
  const ask = await load(app, Array.from({ length: 2000 }, (_, n) => ({ path: `/users/${n}?page=${n % 3}` })));
  return () => ask(100);
}

exports.objects = "live";
exports.rounds = 20;
exports.before = () => serve((req, res) => ({ method: req.method, path: req.originalUrl, status: res.statusCode }));
exports.after = { "metric-labels": () => serve((req, res) => ({ method: req.method, path: req.route?.path ?? "none", status: `${Math.floor(res.statusCode / 100)}xx` })) };
