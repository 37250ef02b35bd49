// Signatures of webhooks, by crypto-js.
"use strict";

const crypto = require("node:crypto");
const CryptoJS = require("crypto-js");

const SECRET = "a secret of the hook";
const payloads = Array.from({ length: 40 }, (_, n) => JSON.stringify({ id: n, event: "paid", lines: Array.from({ length: 20 }, (_, i) => ({ sku: i, count: n })) }));
const job = (sign) => async () => async () => payloads.map((text) => ({ text, signature: sign(text) })).length;

exports.rounds = 20;
exports.before = job((text) => CryptoJS.HmacSHA256(text, SECRET).toString(CryptoJS.enc.Hex));
exports.after = { "javascript-crypto": job((text) => crypto.createHmac("sha256", SECRET).update(text).digest("hex")) };
