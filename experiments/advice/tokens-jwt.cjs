// An interface behind tokens: jsonwebtoken checks the same tokens with a key as PEM for each request.
"use strict";

const crypto = require("node:crypto");
const express = require("express");
const jwt = require("jsonwebtoken");
const { LRUCache } = require("lru-cache");
const { load } = require("./load.cjs");

const { privateKey, publicKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048, privateKeyEncoding: { type: "pkcs8", format: "pem" }, publicKeyEncoding: { type: "spki", format: "pem" } });
const tokens = Array.from({ length: 40 }, (_, n) => jwt.sign({ sub: `user-${n}`, roles: ["reader", "editor"], team: { id: n % 5, name: "Team" } }, privateKey, { algorithm: "RS256", expiresIn: "1h" }));

async function serve(verify) {
  const app = express();
  app.use((req, res, next) => {
    req.user = verify(req.headers.authorization.slice("Bearer ".length));
    next();
  });
  app.get("/me", (req, res) => res.json({ id: req.user.sub, team: req.user.team.id }));
  const ask = await load(app, tokens.map((token) => ({ path: "/me", headers: { authorization: `Bearer ${token}` } })));
  return () => ask(40);
}

exports.rounds = 60;
exports.before = () => serve((token) => jwt.verify(token, publicKey, { algorithms: ["RS256"] }));
exports.after = {
  "token-checks": () => {
    const checked = new LRUCache({ max: 1000 });
    return serve((token) => {
      const key = crypto.createHash("sha256").update(token).digest("base64");
      const known = checked.get(key);
      if (known && known.exp * 1000 > Date.now()) return known;
      const user = jwt.verify(token, publicKey, { algorithms: ["RS256"] });
      checked.set(key, user);
      return user;
    });
  },
};
