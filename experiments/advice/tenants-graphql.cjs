// The same interface for several tenants, for each of whose requests the schema is built.
"use strict";

const { buildSchema } = require("graphql");
const { serve, sdl } = require("./shop-graphql.cjs");

exports.rounds = 20;
exports.before = () => serve({ schemaOf: () => buildSchema(sdl) });
exports.after = {
  "graphql-schemas": () => {
    const schema = buildSchema(sdl);
    return serve({ schemaOf: () => schema });
  },
};
