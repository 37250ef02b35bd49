// Prices for all who listen: ws, and a text for each client.
"use strict";

const { once } = require("node:events");
const { WebSocket, WebSocketServer } = require("ws");
const { clients } = require("./clients.cjs");

const CLIENTS = 30;

function tellEach(server, event) {
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(JSON.stringify(event));
  }
}

function tellAll(server, event) {
  const text = JSON.stringify(event);
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN && client.bufferedAmount < 1 << 20) client.send(text);
  }
}

async function serve(tell) {
  const server = new WebSocketServer({ port: 0 });
  await once(server, "listening");
  const arrived = await clients("ws", server.address().port, CLIENTS);
  return async (round) => {
    for (let n = 0; n < 10; n++) {
      const at = round * 10 + n;
      tell(server, { type: "prices", at, prices: Array.from({ length: 25 }, (_, i) => ({ symbol: `SYM${i}`, bid: 100 + ((at * i) % 17), ask: 101 + ((at * i) % 19) })) });
    }
    await arrived(10);
  };
}

exports.rounds = 30;
exports.before = () => serve(tellEach);
exports.after = { "broadcast-texts": () => serve(tellAll) };
