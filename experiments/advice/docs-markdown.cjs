// A documentation server: each request reads, renders and highlights its page.
"use strict";

const Koa = require("koa");
const MarkdownIt = require("markdown-it");
const hljs = require("highlight.js");
const { load } = require("./load.cjs");

const code = "```js\nasync function main(argv) {\n  const files = argv.slice(2);\n  for (const file of files) console.log(await read(file, { encoding: 'utf8' }));\n}\n```\n";
const sources = Array.from({ length: 12 }, (_, n) => `# Page ${n}\n\nSome *text* with [links](/page/${n + 1}) and \`code\`.\n\n${"* an item of a list, **bold**\n".repeat(8)}\n${code.repeat(3)}\n| a | b |\n|---|---|\n${"| 1 | 2 |\n".repeat(6)}`);

const highlight = (text, language) => hljs.highlight(text, { language: language || "plaintext" }).value;
const processor = (options) => new MarkdownIt({ html: true, linkify: true, ...options });

async function serve(render) {
  const app = new Koa();
  app.use((ctx) => {
    ctx.type = "html";
    ctx.body = `<!doctype html><body>${render(sources[Number(ctx.path.slice(1))])}</body>`;
  });
  const ask = await load(app.callback(), sources.map((_, n) => ({ path: `/${n}` })));
  return () => ask(12);
}

const kept = (make) => {
  const made = new Map();
  return (text, ...rest) => {
    if (!made.has(text)) made.set(text, make(text, ...rest));
    return made.get(text);
  };
};

exports.rounds = 30;
exports.before = () => serve((source) => processor({ highlight }).render(source));
exports.after = {
  "markdown-kept": () => serve(kept((source) => processor({ highlight }).render(source))),
  "markdown-processors": () => {
    const one = processor({ highlight });
    return serve((source) => one.render(source));
  },
  "highlighted-kept": () => serve(((cached) => (source) => processor({ highlight: cached }).render(source))(kept(highlight))),
};
