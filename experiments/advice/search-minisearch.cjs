// A search in notes: the index is built for each question.
"use strict";

const fastify = require("fastify");
const MiniSearch = require("minisearch");
const { load } = require("./load.cjs");

const WORDS = "river stone garden window paper silver morning letter market winter bridge candle forest engine harbor island".split(" ");
const notes = Array.from({ length: 150 }, (_, n) => ({ id: n, title: `${WORDS[n % 16]} ${WORDS[(n * 5) % 16]}`, text: Array.from({ length: 30 }, (_, i) => WORDS[(n * i + i) % 16] + (i % 5)).join(" ") }));

function build() {
  const index = new MiniSearch({ fields: ["title", "text"], storeFields: ["title"] });
  index.addAll(notes);
  return index;
}

async function serve(indexOf) {
  const app = fastify();
  app.get("/search", async (request) => indexOf().search(request.query.q, { prefix: true }).slice(0, 5).map(({ id, title }) => ({ id, title })));
  await app.ready();
  const ask = await load(app.server, WORDS.map((word) => ({ path: `/search?q=${word}` })));
  return () => ask(8);
}

exports.rounds = 15;
exports.before = () => serve(build);
exports.after = {
  "search-index": () => {
    const index = build();
    return serve(() => index);
  },
};
