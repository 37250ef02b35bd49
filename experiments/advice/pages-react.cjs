// Pages of a catalogue, rendered by React for each request; NODE_ENV was forgotten.
"use strict";

const express = require("express");
const { load } = require("./load.cjs");

const products = Array.from({ length: 60 }, (_, n) => ({ id: n, name: `Product ${n}`, price: 10 + n * 1.5, tags: ["new", "sale", `t${n % 7}`], stock: n % 9 }));

async function serve(keep) {
  const React = require("react");
  const { renderToString } = require("react-dom/server");
  const h = React.createElement;

  function Tag({ name }) {
    return h("span", { className: "tag" }, name);
  }
  function Product({ product }) {
    const [open] = React.useState(false);
    return h("li", { className: product.stock ? "product" : "product out", "data-id": product.id }, h("h3", null, product.name), h("b", null, `${product.price.toFixed(2)} €`), product.tags.map((name) => h(Tag, { name, key: name })), open && h("p", null, "More"));
  }
  function Page({ title, list }) {
    return h("html", null, h("head", null, h("title", null, title)), h("body", null, h("h1", null, title), h("ul", null, list.map((product) => h(Product, { product, key: product.id })))));
  }

  const app = express();
  const pages = new Map();
  const page = (number) => renderToString(h(Page, { title: `Page ${number}`, list: products.slice(number * 5, number * 5 + 30) }));
  app.get("/page/:number", (req, res) => {
    const number = Number(req.params.number);
    if (!keep) return res.send(page(number));
    const known = pages.get(number);
    if (known && known.until > Date.now()) return res.send(known.html);
    const html = page(number);
    pages.set(number, { html, until: Date.now() + 30_000 });
    res.send(html);
  });
  const ask = await load(app, Array.from({ length: 6 }, (_, n) => ({ path: `/page/${n}` })));
  return () => ask(20);
}

exports.rounds = 20;
exports.before = () => serve(false);
exports.after = {
  "react-development": () => {
    process.env.NODE_ENV = "production";
    return serve(false);
  },
  "react-pages": () => serve(true),
};
