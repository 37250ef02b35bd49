// Events of a queue in Avro: the type is made of the schema that stands in each message.
"use strict";

const avro = require("avsc");

const schema = {
  type: "record",
  name: "Event",
  fields: [
    { name: "id", type: "string" },
    { name: "at", type: "double" },
    { name: "kind", type: { type: "enum", name: "Kind", symbols: ["CREATED", "CHANGED", "GONE"] } },
    { name: "user", type: ["null", { type: "record", name: "User", fields: [{ name: "id", type: "int" }, { name: "name", type: "string" }] }] },
    { name: "tags", type: { type: "array", items: "string" } },
  ],
};
const writer = avro.Type.forSchema(schema);
const messages = Array.from({ length: 50 }, (_, n) => ({ schema: JSON.stringify(schema), data: writer.toBuffer({ id: `e${n}`, at: 1.77e12, kind: "CHANGED", user: n % 2 ? { id: n, name: `u${n}` } : null, tags: ["a", "b"] }) }));

const job = (typeOf) => async () => async () => {
  let count = 0;
  for (const { schema, data } of messages) count += typeOf(schema).fromBuffer(data).tags.length;
  return count;
};

exports.rounds = 25;
exports.before = job((schema) => avro.Type.forSchema(JSON.parse(schema)));
exports.after = {
  "binary-types": job(
    ((types) => (schema) => {
      if (!types.has(schema)) types.set(schema, avro.Type.forSchema(JSON.parse(schema)));
      return types.get(schema);
    })(new Map()),
  ),
};
