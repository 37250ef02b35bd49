// An export of orders as a workbook, written row by row with styles that nobody sees.
"use strict";

const { Writable } = require("node:stream");
const ExcelJS = require("exceljs");

async function write(options, count) {
  const stream = new Writable({ write: (chunk, encoding, done) => done() });
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, ...options });
  const sheet = workbook.addWorksheet("orders");
  sheet.columns = [
    { header: "Id", key: "id", width: 10 },
    { header: "Customer", key: "customer", width: 30 },
    { header: "Date", key: "date", width: 15, style: { numFmt: "yyyy-mm-dd" } },
    { header: "Total", key: "total", width: 12, style: { numFmt: "0.00" } },
    { header: "State", key: "state", width: 10 },
  ];
  for (let n = 0; n < count; n++) sheet.addRow({ id: n, customer: `Customer ${n % 50}`, date: new Date(1.77e12 + n * 36e5), total: n * 1.75, state: n % 3 ? "paid" : "open" }).commit();
  await workbook.commit();
}

exports.rounds = 6;
exports.before = async () => () => write({ useStyles: true }, 500);
exports.after = { "workbook-styles": async () => () => write({ useStyles: false }, 500) };
