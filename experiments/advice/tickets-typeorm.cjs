// A list of tickets with their authors, as entities of TypeORM (in sql.js).
"use strict";

require("reflect-metadata");
const express = require("express");
const { DataSource, EntitySchema, In } = require("typeorm");
const { load } = require("./load.cjs");

const text = { type: "text" };
const id = { type: Number, primary: true, generated: true };
const Author = new EntitySchema({ name: "Author", columns: { id, name: text, mail: text, bio: text } });
const Ticket = new EntitySchema({
  name: "Ticket",
  columns: { id, title: text, body: text, state: text, votes: { type: Number } },
  relations: { author: { type: "many-to-one", target: "Author", joinColumn: true } },
});

async function database() {
  const source = new DataSource({ type: "sqljs", entities: [Author, Ticket], synchronize: true });
  await source.initialize();
  const authors = await source.getRepository("Author").save(Array.from({ length: 20 }, (_, n) => ({ name: `Author ${n}`, mail: `a${n}@example.com`, bio: "bio ".repeat(20) })));
  await source.getRepository("Ticket").save(Array.from({ length: 300 }, (_, n) => ({ title: `Ticket ${n}`, body: "text ".repeat(30), state: n % 3 ? "open" : "closed", votes: n, author: authors[n % 20] })));
  return source;
}

async function serve(list) {
  const source = await database();
  const app = express();
  app.get("/tickets", async (req, res) => res.json(await list(source)));
  const ask = await load(app, [{ path: "/tickets" }]);
  return () => ask(4);
}

exports.rounds = 20;
exports.before = () =>
  serve(async (source) => {
    const tickets = await source.getRepository("Ticket").find({ where: { state: "open" }, relations: { author: true }, order: { votes: "DESC" }, take: 100 });
    return tickets.map((ticket) => ({ id: ticket.id, title: ticket.title, author: ticket.author.name }));
  });
exports.after = {
  "typeorm-raw": () =>
    serve((source) =>
      source
        .getRepository("Ticket")
        .createQueryBuilder("ticket")
        .innerJoin("ticket.author", "author")
        .select(["ticket.id AS id", "ticket.title AS title", "author.name AS author"])
        .where("ticket.state = :state", { state: "open" })
        .orderBy("ticket.votes", "DESC")
        .limit(100)
        .getRawMany(),
    ),
};
