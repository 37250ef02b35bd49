// A GraphQL interface of one's own: each request parses and checks its document.
"use strict";

const express = require("express");
const { buildSchema, execute, parse, validate } = require("graphql");
const { LRUCache } = require("lru-cache");
const { load } = require("./load.cjs");

const sdl = `
  type Query { product(id: ID!): Product, search(text: String!, first: Int = 10): [Product!]! }
  type Product { id: ID!, name: String!, price(currency: String): Float!, reviews(first: Int): [Review!]!, maker: Maker }
  type Review { stars: Int!, text: String, author: Author! }
  type Author { id: ID!, name: String! }
  type Maker { id: ID!, name: String!, country: String }
`;
const product = (id) => ({ id, name: `Product ${id}`, price: 9.5, reviews: ({ first }) => Array.from({ length: first }, (_, n) => ({ stars: n % 5, text: "Fine.", author: { id: n, name: `A${n}` } })), maker: { id: 1, name: "M", country: "DE" } });
const root = { product: ({ id }) => product(id), search: ({ first }) => Array.from({ length: first }, (_, n) => product(n)) };
const documents = [
  "query Page($id: ID!) { product(id: $id) { id name price(currency: \"EUR\") maker { name country } reviews(first: 3) { stars text author { name } } } }",
  "query Search($text: String!) { search(text: $text, first: 4) { ...Row } } fragment Row on Product { id name price maker { ...M } } fragment M on Maker { id name }",
];

function checked(schema, source) {
  const document = parse(source, { noLocation: true, maxTokens: 2000 });
  const errors = validate(schema, document);
  if (errors.length > 0) throw new AggregateError(errors);
  return document;
}

async function serve({ schemaOf, documentOf = checked }) {
  const app = express();
  app.use(express.json());
  app.post("/graphql", async (req, res) => {
    const schema = schemaOf();
    res.json(await execute({ schema, document: documentOf(schema, req.body.query), rootValue: root, variableValues: req.body.variables }));
  });
  const ask = await load(app, Array.from({ length: 20 }, (_, n) => ({ method: "POST", path: "/graphql", body: { query: documents[n % 2], variables: { id: String(n), text: "a" } } })));
  return () => ask(20);
}

const kept = () => {
  const known = new LRUCache({ max: 1000 });
  return (schema, source) => {
    let document = known.get(source);
    if (!document) known.set(source, (document = checked(schema, source)));
    return document;
  };
};

exports.rounds = 30;
exports.before = () => {
  const schema = buildSchema(sdl);
  return serve({ schemaOf: () => schema });
};
exports.after = {
  "graphql-documents": () => {
    const schema = buildSchema(sdl);
    return serve({ schemaOf: () => schema, documentOf: kept() });
  },
};
exports.serve = serve;
exports.sdl = sdl;
