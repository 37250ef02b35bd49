// A check of types, as `tsc --noEmit` does it, in a project that has the ambient types of all that is installed.
"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const ts = require("typescript");

function project() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "check-"));
  for (let n = 0; n < 10; n++) {
    fs.writeFileSync(path.join(folder, `part${n}.ts`), `export interface Row${n} { id: number; name: string; tags: string[] }\nexport const rows: Row${n}[] = Array.from({ length: 9 }, (_, n) => ({ id: n, name: String(n), tags: [] }));\nexport function find(id: number): Row${n} | undefined { return rows.find((row) => row.id === id); }\n`);
  }
  fs.symlinkSync(path.join(__dirname, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

const job = (options) => async () => {
  const folder = project();
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".ts")).map((name) => path.join(folder, name));
  return async () => {
    const program = ts.createProgram(files, { noEmit: true, strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, typeRoots: [path.join(folder, "node_modules/@types")], ...options });
    return ts.getPreEmitDiagnostics(program).length;
  };
};

exports.rounds = 1;
exports.before = job({ types: ["*"] });
exports.after = { "typescript-program": job({ types: ["node"], skipLibCheck: true }) };
