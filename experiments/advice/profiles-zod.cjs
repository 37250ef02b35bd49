// Profiles of users, checked by zod: the schema is built for each request, since what is required depends on the role.
"use strict";

const Koa = require("koa");
const { z } = require("zod");
const { load } = require("./load.cjs");

function build(role) {
  const address = z.object({ street: z.string().min(1), city: z.string().min(1), zip: z.string().regex(/^\d{5}$/) });
  const base = z.object({
    name: z.string().min(1).max(80),
    mail: z.string().email(),
    age: z.number().int().min(0).optional(),
    tags: z.array(z.string().max(20)).max(10),
    address: address.partial(),
  });
  return role === "seller" ? base.extend({ iban: z.string().min(15), address }) : base;
}

function app(schemaOf) {
  const app = new Koa();
  app.use(async (ctx) => {
    const chunks = [];
    for await (const chunk of ctx.req) chunks.push(chunk);
    const { role, ...profile } = JSON.parse(Buffer.concat(chunks));
    const result = schemaOf(role).safeParse(profile);
    ctx.status = result.success ? 200 : 422;
    ctx.body = result.success ? { ok: true, name: result.data.name } : { issues: result.error.issues };
  });
  return app.callback();
}

const profile = (n) => ({
  role: n % 3 ? "buyer" : "seller",
  name: `User ${n}`,
  mail: `user${n}@example.com`,
  age: 20 + (n % 50),
  tags: ["a", "b", `t${n}`],
  address: { street: `Street ${n}`, city: "Berlin", zip: String(10000 + n) },
  iban: "DE00123456780000000000",
});
const requests = Array.from({ length: 60 }, (_, n) => ({ method: "PUT", path: "/profile", body: profile(n) }));

async function serve(schemaOf) {
  const ask = await load(app(schemaOf), requests);
  return () => ask(20);
}

exports.rounds = 40;
exports.before = () => serve(build);
exports.after = {
  "zod-schemas": () => {
    const schemas = { buyer: build("buyer"), seller: build("seller") };
    return serve((role) => schemas[role]);
  },
};
