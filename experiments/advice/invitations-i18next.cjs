// Invitations in the language of who gets them: an instance of i18next is made for each.
"use strict";

const express = require("express");
const i18next = require("i18next");
const { load } = require("./load.cjs");

const resources = Object.fromEntries(
  ["en", "de", "fr"].map((language) => [language, { translation: { title: `${language}: You are invited`, hello: "Hello {{name}}", when: "On {{date}}", seats: { label: "Seats" }, rows_one: "{{count}} seat", rows_other: "{{count}} seats" } }]),
);

const instance = async (language) => {
  const own = i18next.createInstance();
  await own.init({ lng: language, fallbackLng: "en", resources, interpolation: { escapeValue: false } });
  return own.t;
};
const formats = Object.fromEntries(["en", "de", "fr"].map((language) => [language, new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC" })]));
const asText = (date, language) => formats[language].format(date);

async function serve(translator) {
  const app = express();
  app.get("/:language/invitation/:id", async (req, res) => {
    const { language, id } = req.params;
    const t = await translator(language);
    const tables = Array.from({ length: 12 }, (_, n) => `${t("seats.label")}: ${t("rows", { count: n + 1 })}`);
    res.json({ title: t("title"), hello: t("hello", { name: `Guest ${id}` }), when: t("when", { date: asText(new Date(1.77e12 + Number(id) * 864e5), language) }), tables });
  });
  const ask = await load(app, Array.from({ length: 30 }, (_, n) => ({ path: `/${["en", "de", "fr"][n % 3]}/invitation/${n}` })));
  return () => ask(15);
}

exports.rounds = 40;
exports.before = () => serve(instance);
exports.after = {
  "intl-formatters": async () => {
    const one = i18next.createInstance();
    await one.init({ fallbackLng: "en", resources, interpolation: { escapeValue: false } });
    const functions = new Map(["en", "de", "fr"].map((language) => [language, one.getFixedT(language)]));
    return serve((language) => functions.get(language));
  },
};
