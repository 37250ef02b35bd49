// Telemetry of devices as protobuf: messages are turned into plain objects and back.
"use strict";

const protobuf = require("protobufjs");

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Batch { string device = 1; uint32 number = 2; repeated Point points = 3; }
  message Point { double at = 1; double value = 2; string unit = 3; map<string, string> labels = 4; }
`);
const Batch = root.lookupType("Batch");

const incoming = Array.from({ length: 30 }, (_, n) =>
  Batch.encode({ device: `device-${n}`, number: n, points: Array.from({ length: 40 }, (_, i) => ({ at: 1.77e9 + i, value: i * 0.5, unit: "C", labels: { room: `r${i % 5}` } })) }).finish(),
);

const job = ({ decode, encode }) => async () => async () => {
  let bytes = 0;
  for (const data of incoming) {
    const { device, number, points } = decode(data);
    const hot = points.filter((point) => point.value > 5);
    bytes += encode({ device, number, points: hot }).length;
  }
  return bytes;
};

exports.rounds = 50;
exports.before = job({
  decode: (data) => Batch.toObject(Batch.decode(data), { defaults: true }),
  encode: (value) => Batch.encode(Batch.fromObject(value)).finish(),
});
exports.after = { "generated-messages+binary-messages": job({ decode: (data) => Batch.decode(data), encode: (value) => Batch.encode(value).finish() }) };
