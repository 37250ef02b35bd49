// Live: a log of the first words of messages, each cut from a long body; time limits that are never cleared.
"use strict";

const express = require("express");
const { load } = require("./load.cjs");

async function serve({ copy = false, clears = false }) {
  const recent = [];
  const app = express();
  app.use(express.text({ type: "*/*", limit: "1mb" }));

  function remember(body) {
    const title = body.slice(0, 40);
    recent.push(copy ? Buffer.from(title).toString() : title);
  }
  function withLimit(job, seconds) {
    const state = { job, steps: Array.from({ length: 20 }, (_, n) => ({ n, done: false })) };
    const limit = setTimeout(() => state.steps.fill(null), seconds * 1000);
    return new Promise((done) => setImmediate(done)).then(() => {
      if (clears) clearTimeout(limit);
      return state.steps.length;
    });
  }

  app.post("/messages", async (req, res) => {
    remember(req.body);
    res.json({ steps: await withLimit({ length: req.body.length }, 3600) });
  });
  const ask = await load(app, Array.from({ length: 50 }, (_, n) => ({ method: "POST", path: "/messages", body: { title: `Message ${n}`, text: "Lorem ipsum dolor sit amet. ".repeat(40) } })));
  return () => ask(50);
}

exports.objects = "live";
exports.rounds = 40;
exports.before = () => serve({});
exports.after = {
  "body-texts-held": () => serve({ copy: true }),
  "application-timers-held": () => serve({ clears: true }),
};
