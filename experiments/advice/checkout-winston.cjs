// A checkout that logs whole orders, and debug lines that nobody reads.
"use strict";

const { Writable } = require("node:stream");
const express = require("express");
const winston = require("winston");
const { load } = require("./load.cjs");

const { combine, errors, json, splat, timestamp } = winston.format;
const nowhere = () => new winston.transports.Stream({ stream: new Writable({ write: (chunk, encoding, done) => done() }) });

async function serve(log) {
  const logger = winston.createLogger({ level: "info", format: combine(timestamp(), errors({ stack: true }), splat(), json()), transports: [nowhere(), nowhere()] });
  const app = express();
  app.use(express.json());
  app.post("/checkout", (req, res) => {
    const order = { ...req.body, state: "paid", history: [{ state: "open", at: Date.now() }, { state: "paid", at: Date.now() }] };
    log(logger, order);
    res.json({ id: order.id, state: order.state });
  });
  const order = (n) => ({ id: n, customer: { id: n, name: `Customer ${n}`, address: { street: "Street 1", city: "Berlin", zip: "10115" } }, lines: Array.from({ length: 12 }, (_, i) => ({ sku: `SKU${i}`, count: i, price: i * 2.5, title: `A thing ${i}` })) });
  const ask = await load(app, Array.from({ length: 40 }, (_, n) => ({ method: "POST", path: "/checkout", body: order(n) })));
  return () => ask(20);
}

exports.rounds = 40;
exports.before = () =>
  serve((logger, order) => {
    logger.debug("order " + JSON.stringify(order, null, 2));
    logger.info("paid", { order });
  });
exports.after = {
  "logged-objects+logging-lines+winston-formats": () =>
    serve((logger, order) => {
      if (logger.isDebugEnabled()) logger.debug("order " + JSON.stringify(order, null, 2));
      logger.info("paid", { id: order.id, lines: order.lines.length });
    }),
};
