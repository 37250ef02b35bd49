// Orders of a shop: the validator of the body is compiled in the handler.
"use strict";

const Ajv = require("ajv");
const express = require("express");
const { load } = require("./load.cjs");

const orderSchema = {
  type: "object",
  required: ["customer", "lines"],
  properties: {
    customer: { type: "object", required: ["id", "mail"], properties: { id: { type: "integer" }, mail: { type: "string", pattern: "^[^@]+@[^@]+$" } } },
    lines: {
      type: "array",
      minItems: 1,
      items: { type: "object", required: ["sku", "count"], properties: { sku: { type: "string", minLength: 3 }, count: { type: "integer", minimum: 1 }, price: { type: "number" } } },
    },
    comment: { type: "string", maxLength: 500 },
  },
};

function app(validator) {
  const app = express();
  let number = 1000;
  app.use(express.json());
  app.post("/orders", (req, res) => {
    const validate = validator();
    if (!validate(req.body)) return res.status(422).json({ errors: validate.errors });
    const total = req.body.lines.reduce((sum, line) => sum + line.count * line.price, 0);
    res.status(201).json({ number: number++, total, lines: req.body.lines.length });
  });
  return app;
}

const order = (n) => ({
  customer: { id: n, mail: `customer${n}@example.com` },
  lines: Array.from({ length: 1 + (n % 7) }, (_, i) => ({ sku: `SKU-${n}-${i}`, count: 1 + i, price: 9.5 + i })),
  comment: "Please ring twice.",
});
const requests = Array.from({ length: 50 }, (_, n) => ({ method: "POST", path: "/orders", body: order(n) }));

async function serve(validator) {
  const ask = await load(app(validator), requests);
  return () => ask(20);
}

exports.rounds = 8;
exports.before = () => serve(() => new Ajv({ allErrors: true }).compile(orderSchema));
exports.after = {
  "ajv-compile-once": () => {
    const validate = new Ajv().compile(orderSchema);
    return serve(() => validate);
  },
};
