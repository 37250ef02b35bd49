// Totals of invoices, in decimals of any length.
"use strict";

const BigNumber = require("bignumber.js");

const invoices = Array.from({ length: 60 }, (_, n) => ({ number: n, lines: Array.from({ length: 5 + (n % 20) }, (_, i) => ({ price: ((i * 37 + n) % 5000) / 100, count: 1 + (i % 4) })) }));

function decimalTotal({ lines }) {
  let net = new BigNumber(0);
  for (const { price, count } of lines) net = net.plus(new BigNumber(price).times(count));
  return net.times("1.19").toFixed(2);
}

function centTotal({ lines }) {
  let net = 0;
  for (const { price, count } of lines) net += Math.round(price * 100) * count;
  return (Math.round(net * 1.19) / 100).toFixed(2);
}

const job = (totalOf) => async () => async () => {
  const totals = {};
  for (const invoice of invoices) totals[invoice.number] = totalOf(invoice);
  return totals;
};

exports.rounds = 150;
exports.before = job(decimalTotal);
exports.after = { "decimal-numbers": job(centTotal) };
