// The form of a sign-up, checked by yup: the schema is a function of the language, built for each request.
"use strict";

const express = require("express");
const yup = require("yup");
const { load } = require("./load.cjs");

const TEXTS = { en: "is required", de: "wird benötigt" };

const form = (language) =>
  yup.object({
    name: yup.string().trim().required(TEXTS[language]),
    mail: yup.string().email().required(TEXTS[language]),
    birth: yup.date().max(new Date()),
    plan: yup.string().oneOf(["free", "team", "company"]).default("free"),
    seats: yup.number().integer().when("plan", { is: "free", then: (seats) => seats.max(1), otherwise: (seats) => seats.min(2) }),
  });

async function serve(formFor) {
  const app = express();
  app.use(express.json());
  app.post("/:language/signup", async (req, res) => {
    try {
      const value = await formFor(req.params.language).validate(req.body, { abortEarly: false });
      res.json({ ok: true, plan: value.plan });
    } catch (error) {
      res.status(422).json({ errors: error.errors });
    }
  });
  const body = (n) => ({ name: `Name ${n}`, mail: `n${n}@example.com`, birth: "1990-04-05", plan: n % 2 ? "team" : "free", seats: n % 2 ? 5 : 1 });
  const requests = Array.from({ length: 30 }, (_, n) => ({ method: "POST", path: n % 3 ? "/en/signup" : "/de/signup", body: body(n) }));
  const ask = await load(app, requests);
  return () => ask(20);
}

exports.rounds = 40;
exports.before = () => serve(form);
exports.after = {
  "joi-schemas": () => {
    const forms = { en: form("en"), de: form("de") };
    return serve((language) => forms[language]);
  },
};
