// Clients of sockets, in a process of their own: fork(clients.cjs, [KIND, PORT, COUNT]); it says "ready", and how many messages have come when it is asked.
"use strict";

const { fork } = require("node:child_process");
const { once } = require("node:events");

/** Connects clients, and gives a function that waits until each has had as many messages. */
exports.clients = async (kind, port, count) => {
  const child = fork(__filename, [kind, String(port), String(count)], { execArgv: [] });
  await once(child, "message");
  return async (messages) => {
    child.send(messages * count);
    await once(child, "message");
  };
};

function connect(kind, port, onMessage) {
  if (kind === "ws") {
    const { WebSocket } = require("ws");
    const client = new WebSocket(`ws://localhost:${port}`);
    client.on("message", onMessage);
    return once(client, "open");
  }
  const client = require("socket.io-client").io(`http://localhost:${port}`, { transports: ["websocket"] });
  client.on("update", onMessage);
  return new Promise((done) => client.on("connect", done));
}

async function main(kind, port, count) {
  let [had, wanted] = [0, Infinity];
  const tell = () => {
    if (had < wanted) return;
    [had, wanted] = [had - wanted, Infinity];
    process.send("all");
  };
  const onMessage = () => {
    had++;
    tell();
  };
  await Promise.all(Array.from({ length: count }, () => connect(kind, port, onMessage)));
  process.on("message", (number) => {
    wanted = number;
    tell();
  });
  process.on("disconnect", () => process.exit());
  process.send("ready");
}

if (require.main === module) main(process.argv[2], process.argv[3], Number(process.argv[4]));
