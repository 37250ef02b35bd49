// Rows as a driver makes them: parsed, then decoded field by field.
"use strict";

exports.parseRows = function parseRows(text) {
  return JSON.parse(text);
};

function fieldsOf(row) {
  return Object.entries(row).map(([name, value]) => ({ name, value, type: typeof value }));
}

exports.decodeRow = function decodeRow(row) {
  const fields = fieldsOf(row);
  return { id: row.id, price: row.price, label: `${row.name} (${row.tags.join(", ")})`, fields };
};
