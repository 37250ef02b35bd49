// A board that several look at: each change goes to all sockets of its room, one by one.
"use strict";

const http = require("node:http");
const { once } = require("node:events");
const { Server } = require("socket.io");
const { clients } = require("./clients.cjs");

const CLIENTS = 30;

async function serve(tell) {
  const server = http.createServer();
  const io = new Server(server, { serveClient: false });
  io.on("connection", (socket) => socket.join("board"));
  await once(server.listen(0), "listening");
  const arrived = await clients("socket.io", server.address().port, CLIENTS);
  return async (round) => {
    for (let n = 0; n < 10; n++) {
      const change = { id: round * 10 + n, kind: "moved", cards: Array.from({ length: 12 }, (_, i) => ({ id: i, column: (n + i) % 4, title: `Card ${i}` })) };
      tell(io, change);
    }
    await arrived(10);
  };
}

exports.rounds = 25;
exports.before = () =>
  serve((io, change) => {
    for (const socket of io.sockets.sockets.values()) {
      if (socket.rooms.has("board")) socket.emit("update", change);
    }
  });
exports.after = { "websocket-broadcasts": () => serve((io, change) => io.to("board").emit("update", change)) };
