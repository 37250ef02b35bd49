// A store of orders: each event of an import is an action of its own, for a slice of Redux Toolkit with a long list.
"use strict";

const { configureStore, createSlice } = require("@reduxjs/toolkit");

const apply = (orders, { id, kind, line }) => {
  const order = orders.find((order) => order.id === id);
  if (kind === "line") order.lines.push(line);
  else order.state = kind;
  order.changed++;
};
const { reducer, actions } = createSlice({
  name: "orders",
  initialState: { list: Array.from({ length: 500 }, (_, n) => ({ id: n, state: "open", changed: 0, lines: [{ sku: "a", count: 1 }] })) },
  reducers: {
    changed: (state, { payload }) => apply(state.list, payload),
    allChanged: (state, { payload }) => {
      for (const event of payload) apply(state.list, event);
    },
  },
});

const events = (round) => Array.from({ length: 40 }, (_, n) => ({ id: (round * 40 + n * 7) % 500, kind: n % 4 ? "paid" : "line", line: { sku: `s${n}`, count: n } }));
const job = (handle) => async () => {
  const store = configureStore({ reducer: { orders: reducer }, middleware: (defaults) => defaults({ serializableCheck: false, immutableCheck: false }), devTools: false });
  return async (round) => handle(store, events(round));
};

exports.rounds = 25;
exports.before = job((store, events) => {
  for (const event of events) store.dispatch(actions.changed(event));
});
exports.after = { "immer-batches": job((store, events) => store.dispatch(actions.allChanged(events))) };
