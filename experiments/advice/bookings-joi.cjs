// Bookings, checked by joi with a schema at module level.
"use strict";

const Ajv = require("ajv");
const fastify = require("fastify");
const Joi = require("joi");
const { load } = require("./load.cjs");

const booking = Joi.object({
  room: Joi.string().pattern(/^[A-Z]\d{3}$/).required(),
  from: Joi.string().isoDate().required(),
  nights: Joi.number().integer().min(1).max(60).required(),
  guests: Joi.array()
    .items(Joi.object({ name: Joi.string().min(1).max(80).required(), mail: Joi.string().email(), age: Joi.number().integer().min(0) }))
    .min(1)
    .required(),
});

const isBooking = new Ajv().compile({
  type: "object",
  required: ["room", "from", "nights", "guests"],
  properties: {
    room: { type: "string", pattern: "^[A-Z]\\d{3}$" },
    from: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\d$" },
    nights: { type: "integer", minimum: 1, maximum: 60 },
    guests: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["name"],
        properties: { name: { type: "string", minLength: 1, maxLength: 80 }, mail: { type: "string", pattern: "^[^@]+@[^@]+$" }, age: { type: "integer", minimum: 0 } },
      },
    },
  },
});

async function serve(check) {
  const app = fastify();
  app.post("/bookings", async (request, reply) => {
    const guests = check(request.body);
    if (!guests) return reply.code(422).send({ error: "invalid" });
    return { guests };
  });
  await app.ready();
  const requests = Array.from({ length: 40 }, (_, n) => ({
    method: "POST",
    path: "/bookings",
    body: { room: `B${100 + n}`, from: "2026-05-01", nights: 1 + (n % 9), guests: Array.from({ length: 1 + (n % 4) }, (_, i) => ({ name: `Guest ${i}`, mail: `g${i}@example.com`, age: 20 + i })) },
  }));
  const ask = await load(app.server, requests);
  return () => ask(25);
}

exports.rounds = 40;
exports.before = () =>
  serve((body) => {
    const { error, value } = booking.validate(body);
    return error ? null : value.guests.length;
  });
exports.after = { "joi-values": () => serve((body) => (isBooking(body) ? body.guests.length : null)) };
