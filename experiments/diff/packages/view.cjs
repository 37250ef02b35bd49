// Templates: lists of parts, joined.
"use strict";

function escape(text) {
  return String(text).replace(/[<&"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function partsOf(items) {
  return items.map((item) => ["<li>", escape(item.label), " ", String(item.price), "</li>"]);
}

exports.render = function render(title, items) {
  const parts = [`<h1>${escape(title)}</h1><ul>`];
  for (const part of partsOf(items)) parts.push(...part);
  return { parts, html: parts.join(""), length: parts.length };
};
