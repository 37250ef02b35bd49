// Asks a server from a process of its own, so that its profile has what the server does alone. Also answers, as another service would.
"use strict";

const { fork } = require("node:child_process");
const http = require("node:http");
const { once } = require("node:events");

const AT_A_TIME = 4;

/** Listens, and gives a function that sends as many requests as it is told, these by turns: `{ path, method, headers, body }`. */
exports.load = async (handler, requests) => {
  const server = handler instanceof http.Server ? handler : http.createServer(handler);
  await once(server.listen(0), "listening");
  const child = fork(__filename, { execArgv: [] });
  child.send({ ask: server.address().port, requests });
  return async (count) => {
    child.send({ count });
    const [failed] = await once(child, "message");
    if (failed) throw new Error(failed);
  };
};

/** A service that answers each path that is there with JSON; gives its address. */
exports.service = async (answers) => {
  const child = fork(__filename, { execArgv: [] });
  child.send({ answers });
  const [port] = await once(child, "message");
  return `http://localhost:${port}`;
};

const agent = new http.Agent({ keepAlive: true, maxSockets: AT_A_TIME });

function one(port, { path = "/", method = "GET", headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const all = text === undefined ? headers : { "content-type": "application/json", "content-length": Buffer.byteLength(text), ...headers };
    const request = http.request({ port, path, method, agent, headers: all }, (response) => {
      response.resume();
      response.on("end", () => (response.statusCode < 400 ? resolve() : reject(new Error(`${method} ${path}: ${response.statusCode}`))));
    });
    request.on("error", reject);
    request.end(text);
  });
}

function asks(message) {
  let next = 0;
  process.on("message", async ({ count }) => {
    const last = next + count;
    const some = async () => {
      while (next < last) await one(message.ask, message.requests[next++ % message.requests.length]);
    };
    const failed = await Promise.all(Array.from({ length: AT_A_TIME }, some)).then(() => null, String);
    process.send(failed);
  });
}

async function answers(message) {
  const texts = new Map(Object.entries(message.answers).map(([path, value]) => [path, JSON.stringify(value)]));
  const server = http.createServer((request, response) => response.setHeader("content-type", "application/json").end(texts.get(request.url)));
  await once(server.listen(0), "listening");
  process.send(server.address().port);
}

if (require.main === module) {
  process.once("message", (message) => (message.answers ? answers(message) : asks(message)));
  process.on("disconnect", () => process.exit());
}
