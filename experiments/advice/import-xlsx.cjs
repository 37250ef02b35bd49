// An import of price lists that suppliers send as workbooks.
"use strict";

const XLSX = require("xlsx");

function priceList(count) {
  const rows = Array.from({ length: count }, (_, n) => ({ sku: `SKU-${n}`, name: `Product ${n}`, price: n * 1.25, valid: new Date(1.77e12 + n * 864e5), unit: "piece", note: n % 4 ? "" : "new in the list" }));
  const workbook = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(workbook, XLSX.utils.json_to_sheet(rows), "prices");
  XLSX.utils.book_append_sheet(workbook, XLSX.utils.json_to_sheet(rows.slice(0, count / 2)), "old prices");
  return XLSX.write(workbook, { type: "buffer", bookType: "xlsx", cellStyles: true });
}

const job = (options) => async () => {
  const file = priceList(400);
  return async () => {
    const workbook = XLSX.read(file, options);
    let sum = 0;
    for (const row of XLSX.utils.sheet_to_json(workbook.Sheets.prices)) sum += row.price;
    return sum;
  };
};

exports.rounds = 15;
exports.before = job({ type: "buffer" });
exports.after = { "workbook-options": job({ type: "buffer", dense: true, cellHTML: false, cellText: false, cellFormula: false, sheets: ["prices"] }) };
