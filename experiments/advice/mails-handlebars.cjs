// A job that writes mails: Handlebars compiles the template for each of them.
"use strict";

const Handlebars = require("handlebars");

const source = `<h1>Hello {{user.name}}</h1>
{{#if user.premium}}<p>Thank you for being with us since {{user.since}}.</p>{{else}}<p>Try premium!</p>{{/if}}
<table>{{#each lines}}<tr><td>{{@index}}</td><td>{{name}}</td><td>{{money price}}</td>{{#if sale}}<td>SALE</td>{{/if}}</tr>{{/each}}</table>
<p>Total: {{money total}}</p>{{> footer}}`;
Handlebars.registerHelper("money", (value) => `${Number(value).toFixed(2)} €`);
Handlebars.registerPartial("footer", "<footer>{{company}} - <a href='{{unsubscribe}}'>unsubscribe</a></footer>");

const outbox = { bytes: 0, send: (mail) => (outbox.bytes += mail.html.length) };

function write(order, templateOf) {
  const total = order.lines.reduce((sum, line) => sum + line.price, 0);
  outbox.send({ to: order.user.mail, html: templateOf()({ ...order, total, company: "Shop", unsubscribe: `https://shop.example/u/${order.user.id}` }) });
}

const job = (templateOf) => async (round) => {
  for (let n = round * 20; n < round * 20 + 20; n++) {
    const lines = Array.from({ length: 3 + (n % 8) }, (_, i) => ({ name: `Item <${i}>`, price: 3.5 * i, sale: i % 3 === 0 }));
    write({ user: { id: n, name: `User ${n}`, mail: `u${n}@example.com`, premium: n % 2 === 0, since: 2020 }, lines }, templateOf);
    await null;
  }
};

exports.rounds = 30;
exports.before = async () => job(() => Handlebars.compile(source));
exports.after = {
  "template-cache+handlebars-code": async () => {
    const template = Handlebars.compile(source);
    return job(() => template);
  },
};
