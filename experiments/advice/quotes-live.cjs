// Live: answers of another service kept in node-cache by their whole url, for a day.
"use strict";

const NodeCache = require("node-cache");
const express = require("express");
const { load } = require("./load.cjs");

const quote = (symbol, at) => ({ symbol, at, price: 100, history: Array.from({ length: 30 }, (_, n) => ({ day: n, close: 90 + n, note: `${symbol} ${n}` })) });

async function serve(options) {
  const cache = new NodeCache(options);
  const app = express();
  app.get("/quote/:symbol", (req, res) => {
    const known = cache.get(req.originalUrl);
    const value = known ?? quote(req.params.symbol, req.query.at);
    if (!known) {
      try {
        cache.set(req.originalUrl, value);
      } catch {
        cache.flushAll(); // it is full
      }
    }
    res.json({ price: value.price, days: value.history.length });
  });
  const ask = await load(app, Array.from({ length: 2000 }, (_, n) => ({ path: `/quote/SYM${n % 90}?at=${n}` })));
  return () => ask(100);
}

exports.objects = "live";
exports.rounds = 20;
exports.before = () => serve({ stdTTL: 86_400 });
exports.after = { "cache-bounds": () => serve({ stdTTL: 300, maxKeys: 200 }) };
