// Receipts in the language of the customer: numbers and dates are written by toLocaleString and its like.
"use strict";

const LANGUAGES = ["en-GB", "de-DE", "fr-FR"];
const receipts = Array.from({ length: 20 }, (_, n) => ({ id: n, language: LANGUAGES[n % 3], at: new Date(1.77e12 + n * 864e5), lines: Array.from({ length: 6 }, (_, i) => ({ name: `Item ${i}`, price: i * 1234.5 + n })) }));

const anew = {
  money: (value, language) => value.toLocaleString(language, { style: "currency", currency: "EUR" }),
  date: (date, language) => date.toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" }),
};

function kept() {
  const money = new Map(LANGUAGES.map((language) => [language, new Intl.NumberFormat(language, { style: "currency", currency: "EUR" })]));
  const dates = new Map(LANGUAGES.map((language) => [language, new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" })]));
  return { money: (value, language) => money.get(language).format(value), date: (date, language) => dates.get(language).format(date) };
}

const job = (formats) => async () => async () => {
  let length = 0;
  for (const { id, language, at, lines } of receipts) {
    const text = lines.map(({ name, price }) => `${name}: ${formats.money(price, language)}`).join("\n");
    length += `Receipt ${id} of ${formats.date(at, language)}\n${text}`.length;
  }
  return length;
};

exports.rounds = 40;
exports.before = job(anew);
exports.after = { "application-hot-spot": job(kept()) };
