// A gateway: pages are put together of what two other services answer, asked by axios each time.
"use strict";

const axios = require("axios");
const express = require("express");
const { LRUCache } = require("lru-cache");
const { load, service } = require("./load.cjs");

const users = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`/users/${n}`, { id: n, name: `User ${n}`, mail: `u${n}@example.com`, teams: [1, 2, 3], settings: { theme: "dark", language: "en" } }]));
const catalog = { "/catalog": { items: Array.from({ length: 150 }, (_, n) => ({ id: n, title: `Item ${n}`, price: n * 1.5, tags: ["a", "b"], stock: { berlin: n % 5, paris: n % 3 } })) } };

async function serve(cached) {
  const base = await service({ ...users, ...catalog });
  const fetchJson = async (path) => (await axios.get(base + path, { timeout: 2000 })).data;
  const get = cached(fetchJson);
  const app = express();
  app.get("/home/:id", async (req, res) => {
    const [user, { items }] = await Promise.all([get(`/users/${req.params.id}`), get("/catalog")]);
    res.json({ hello: user.name, items: items.filter((item) => item.stock.berlin > 3).map((item) => item.title) });
  });
  const ask = await load(app, Array.from({ length: 10 }, (_, n) => ({ path: `/home/${n}` })));
  return () => ask(20);
}

const bounded = (fetch) => {
  const answers = new LRUCache({ max: 500, ttl: 60_000 });
  return async (path) => {
    let data = answers.get(path);
    if (data === undefined) answers.set(path, (data = await fetch(path)));
    return data;
  };
};

exports.rounds = 40;
exports.before = () => serve((fetch) => fetch);
exports.after = { "http-client-bodies": () => serve(bounded) };
