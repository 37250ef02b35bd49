// Invoices as PDF, with a call of pdf-lib for each line.
"use strict";

const { PDFDocument, StandardFonts, rgb } = require("pdf-lib");

const lines = (number) => Array.from({ length: 40 }, (_, n) => `${n + 1}  Position ${number}-${n}  ${(n * 3.5).toFixed(2)} EUR`);

function eachLine(page, font, texts) {
  texts.forEach((text, n) => page.drawText(text, { x: 40, y: 780 - n * 18, size: 10, font, color: rgb(0, 0, 0) }));
}
function atOnce(page, font, texts) {
  page.drawText(texts.join("\n"), { x: 40, y: 780, size: 10, font, lineHeight: 18, color: rgb(0, 0, 0) });
}
function fontOnce(page, font, texts) {
  page.setFont(font);
  page.setFontSize(10);
  texts.forEach((text, n) => page.drawText(text, { x: 40, y: 780 - n * 18, color: rgb(0, 0, 0) }));
}

const job = (draw) => async () => async (round) => {
  for (let n = 0; n < 4; n++) {
    const document = await PDFDocument.create();
    const font = await document.embedFont(StandardFonts.Helvetica);
    draw(document.addPage([595, 842]), font, lines(round * 4 + n));
    await document.save();
  }
};

exports.rounds = 30;
exports.before = job(eachLine);
exports.after = { "pdf-lib-calls": job(atOnce), "pdf-lib-calls font": job(fontOnce) };
