// A crawler that wants the links of pages, and makes a tree of each with cheerio.
"use strict";

const cheerio = require("cheerio");
const { Parser } = require("htmlparser2");

const page = (n) => `<!doctype html><html><head><title>Page ${n}</title></head><body>${Array.from({ length: 80 }, (_, i) => `<div class="row" id="r${i}"><h2>Title ${i}</h2><p>Some <b>text</b> of item ${n}-${i}</p><a href="/item/${n}/${i}" rel="next">more</a></div>`).join("")}</body></html>`;

function byTree(html) {
  const $ = cheerio.load(html);
  return $("a[href]").map((_, link) => $(link).attr("href")).get();
}

function byEvents(html) {
  const links = [];
  const parser = new Parser({ onopentag(name, attributes) { if (name === "a" && attributes.href) links.push(attributes.href); } });
  parser.end(html);
  return links;
}

const job = (linksOf) => async () => {
  const queue = new Set();
  return async (round) => {
    for (let n = 0; n < 5; n++) for (const link of linksOf(page(round % 10))) queue.add(link);
  };
};

exports.rounds = 30;
exports.before = job(byTree);
exports.after = { "markup-trees": job(byEvents) };
