// Live: sessions that nobody ends, each with a listener on a bus that lives as long as the process.
"use strict";

const { EventEmitter } = require("node:events");
const fastify = require("fastify");
const { v4: uuid } = require("uuid");
const { LRUCache } = require("lru-cache");
const { load } = require("./load.cjs");

async function serve({ sessions = new Map(), ends = false }) {
  const bus = new EventEmitter().setMaxListeners(0);

  function open(user) {
    const session = { id: uuid(), user, opened: new Date(), rights: ["read", "write"], basket: Array.from({ length: 12 }, (_, n) => ({ sku: `SKU${n}`, count: 0 })) };
    sessions.set(session.id, session);
    return session;
  }
  function follow(request, user) {
    const news = Array.from({ length: 30 }, (_, n) => `${user}:${n}`);
    const onNews = (text) => news.unshift(text);
    bus.on("news", onNews);
    if (ends) request.raw.on("close", () => bus.off("news", onNews));
  }

  const app = fastify();
  app.post("/login", async (request) => {
    const session = open(request.body.user);
    follow(request, session.user);
    return { id: session.id };
  });
  await app.ready();
  const ask = await load(app.server, Array.from({ length: 100 }, (_, n) => ({ method: "POST", path: "/login", body: { user: `user${n}` } })));
  return () => ask(100);
}

exports.objects = "live";
exports.rounds = 25;
exports.before = () => serve({});
exports.after = {
  "application-collections-held": () => serve({ sessions: new LRUCache({ max: 100, ttl: 30 * 60_000 }) }),
  "application-listeners-held": () => serve({ ends: true }),
};
