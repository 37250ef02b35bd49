// Live: each request subscribes to a stream of RxJS, and replays all that came.
"use strict";

const { ReplaySubject, Subject, filter, map, scan, takeUntil } = require("rxjs");
const fastify = require("fastify");
const { load } = require("./load.cjs");

async function serve({ replay = Infinity, ends = false }) {
  const trades = new ReplaySubject(replay);
  let number = 0;
  const app = fastify();
  app.get("/watch/:symbol", async (request) => {
    const closed = new Subject();
    trades.next({ number: number++, symbol: request.params.symbol, price: 100, parties: ["a", "b"], text: `trade ${number}` });
    const sums = trades.pipe(
      filter((trade) => trade.symbol === request.params.symbol),
      map((trade) => trade.price),
      scan((sum, price) => sum + price, 0),
    );
    let last = 0;
    (ends ? sums.pipe(takeUntil(closed)) : sums).subscribe((sum) => (last = sum));
    if (ends) request.raw.on("close", () => closed.next());
    return { sum: last };
  });
  await app.ready();
  const ask = await load(app.server, Array.from({ length: 40 }, (_, n) => ({ path: `/watch/SYM${n}` })));
  return () => ask(40);
}

exports.objects = "live";
exports.rounds = 25;
exports.before = () => serve({});
exports.after = { "rxjs-subscriptions": () => serve({ replay: 100, ends: true }) };
