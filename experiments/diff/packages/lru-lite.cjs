// A bounded map: what was not used for longest goes first.
"use strict";

class Lru {
  constructor(limit) {
    this.limit = limit;
    this.items = new Map();
  }

  get(key) {
    const item = this.items.get(key);
    if (item === undefined) return undefined;
    this.items.delete(key);
    this.items.set(key, item);
    return item.value;
  }

  set(key, value) {
    this.items.set(key, this.entry(value));
    if (this.items.size > this.limit) this.items.delete(this.items.keys().next().value);
  }

  entry(value) {
    return { value, used: 0, tags: [0, 1] };
  }
}

exports.Lru = Lru;
