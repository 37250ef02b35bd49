// Pages of a blog, rendered by Vue for each request from components with templates.
"use strict";

const fastify = require("fastify");
const { createSSRApp, reactive } = require("vue");
const { renderToString } = require("@vue/server-renderer");
const { load } = require("./load.cjs");

const posts = Array.from({ length: 40 }, (_, n) => ({ id: n, title: `Post ${n}`, text: "Lorem ipsum dolor sit amet. ".repeat(4), likes: n * 3, author: { name: `Author ${n % 5}` } }));

const Post = {
  props: ["post"],
  computed: {
    short() {
      return `${this.post.text.slice(0, 60)}…`;
    },
  },
  template: `<article :id="'post-' + post.id"><h2>{{ post.title }}</h2><p>{{ short }}</p><small v-if="post.likes > 10">{{ post.likes }} likes, by {{ post.author.name }}</small></article>`,
};
const page = (number) => {
  const app = createSSRApp({
    components: { Post },
    data: () => ({ state: reactive({ posts: posts.slice(number, number + 20), title: `Page ${number}` }) }),
    template: `<main><h1>{{ state.title }}</h1><Post v-for="post in state.posts" :key="post.id" :post="post" /></main>`,
  });
  return renderToString(app);
};

async function serve(render) {
  const app = fastify();
  app.get("/:number", async (request, reply) => reply.type("text/html").send(await render(Number(request.params.number))));
  await app.ready();
  const ask = await load(app.server, Array.from({ length: 8 }, (_, n) => ({ path: `/${n}` })));
  return () => ask(20);
}

exports.rounds = 20;
exports.before = () => serve(page);
exports.after = {
  "vue-streaming": () => {
    const pages = new Map();
    return serve(async (number) => {
      if (!pages.has(number)) pages.set(number, await page(number));
      return pages.get(number);
    });
  },
};
