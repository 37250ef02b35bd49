// A server of a playground that compiles the same few examples with Babel for each visitor.
"use strict";

const babel = require("@babel/core");
const express = require("express");
const { load } = require("./load.cjs");

const sources = Array.from({ length: 5 }, (_, n) => `
export class Store${n} {
  #items = new Map();
  async add(item, { replace = false, ...rest } = {}) {
    if (!replace && this.#items.has(item?.id)) throw new Error(\`known: \${item.id}\`);
    this.#items.set(item.id ?? ${n}, { ...item, ...rest });
    for await (const [id, value] of this.entries()) console.log(id, value);
  }
  *entries() { yield* this.#items; }
  get size() { return [...this.#items.values()].reduce((sum, { count = 1 }) => sum + count ** 2, 0); }
}
`.repeat(1));
const options = { presets: [[require.resolve("@babel/preset-env"), { targets: "ie 11" }]], babelrc: false, configFile: false };

async function serve(compile) {
  const app = express();
  app.get("/:number.js", (req, res) => res.type("js").send(compile(sources[Number(req.params.number)])));
  const ask = await load(app, sources.map((_, n) => ({ path: `/${n}.js` })));
  return () => ask(5);
}

const compile = (source) => babel.transformSync(source, options).code;

exports.rounds = 12;
exports.before = () => serve(compile);
exports.after = {
  "babel-cache": () => {
    const known = new Map();
    return serve((source) => {
      if (!known.has(source)) known.set(source, compile(source));
      return known.get(source);
    });
  },
};
