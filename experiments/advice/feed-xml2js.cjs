// A reader of feeds that parses the same documents at every poll.
"use strict";

const xml2js = require("xml2js");
const { load } = require("./load.cjs");
const express = require("express");

const feed = (n) => `<?xml version="1.0"?><rss version="2.0"><channel><title>Feed ${n}</title>${Array.from({ length: 40 }, (_, i) => `<item><guid isPermaLink="false">${n}-${i}</guid><title>Story ${i} &amp; more</title><link>https://example.com/${n}/${i}</link><category domain="a">News</category><description>Lorem ipsum dolor sit amet ${i}</description></item>`).join("")}</channel></rss>`;
const feeds = Array.from({ length: 6 }, (_, n) => ({ etag: `"v${n}"`, xml: feed(n) }));

const headlines = async ({ xml }) => {
  const { rss } = await xml2js.parseStringPromise(xml);
  return rss.channel[0].item.slice(0, 10).map((item) => ({ title: item.title[0], link: item.link[0] }));
};

async function serve(headlinesOf) {
  const app = express();
  app.get("/:feed", async (req, res) => res.json(await headlinesOf(feeds[Number(req.params.feed)])));
  const ask = await load(app, feeds.map((_, n) => ({ path: `/${n}` })));
  return () => ask(6);
}

exports.rounds = 40;
exports.before = () => serve(headlines);
exports.after = {
  "xml-parsing": () => {
    const known = new Map();
    return serve(async (feed) => {
      if (!known.has(feed.etag)) known.set(feed.etag, await headlines(feed));
      return known.get(feed.etag);
    });
  },
};
