// Prints the code card with libraries of others, as their manuals say, and says how
// long and how much memory each takes for it. One line of JSON per library.
import fs from "node:fs";
import inspector from "node:inspector";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [file, rounds] = [process.argv[2], Number(process.argv[3])];
const card = JSON.parse(fs.readFileSync(file, "utf8"));
const columns = 42;
const labels = [["Gebruikersnaam", card.user], ["Wachtwoord", card.password]];
const rows = [];
for (let i = 0; i < card.codes.length; i += 3) {
  rows.push(card.codes.slice(i, i + 3).map((code, j) => `${String(i + j + 1).padStart(2)} ${code}`));
}

const { ThermalPrinter, PrinterTypes, CharacterSet } = require("node-thermal-printer");
function thermal() {
  const p = new ThermalPrinter({ type: PrinterTypes.EPSON, interface: "/dev/null", characterSet: CharacterSet.WPC1252, width: columns });
  p.bold(true);
  p.println(card.header);
  p.println(card.title);
  p.bold(false);
  card.intro.forEach((line) => p.println(line));
  labels.forEach(([label, value]) => {
    p.print(label.padEnd(16));
    p.bold(true);
    p.println(value);
    p.bold(false);
  });
  rows.forEach((row) => p.table(row));
  p.alignCenter();
  p.printQR(card.url, { cellSize: 6, correction: "M", model: 2 });
  p.alignLeft();
  p.cut();
  return p.getBuffer();
}

const Encoder = require("@point-of-sale/receipt-printer-encoder");
function encoder() {
  const e = new (Encoder.default || Encoder)({ language: "esc-pos", columns });
  e.initialize().codepage("auto").bold(true).line(card.header).line(card.title).bold(false);
  card.intro.forEach((line) => e.line(line));
  labels.forEach(([label, value]) => e.text(label.padEnd(16)).bold(true).line(value).bold(false));
  e.table([{ width: 14 }, { width: 14 }, { width: 14 }], rows);
  e.align("center").qrcode(card.url, { model: 2, size: 6, errorlevel: "m" }).align("left").cut();
  return e.encode();
}

const receiptline = require("receiptline");
const escape = (text) => text.replace(/[\\|{}~_`^"]/g, (c) => "\\" + c);
function receipt() {
  const lines = ["{width:*; border:space}", `"${escape(card.header)}|`, `"${escape(card.title)}|`];
  card.intro.forEach((line) => lines.push(escape(line) + "|"));
  labels.forEach(([label, value]) => lines.push(`${escape(label.padEnd(16))}"${escape(value)}|`));
  rows.forEach((row) => lines.push(row.map(escape).join("|")));
  lines.push(`{code:${card.url.replace(/:/g, "\\x3a")}; option:qrcode,6,m}`);
  return Buffer.from(receiptline.transform(lines.join("\n"), { cpl: columns, encoding: "cp1252", command: "escpos", cutting: true }), "latin1");
}

// Time and memory are taken one after the other: the profiler that counts what is
// allocated, also what is collected at once, costs time.
function measure(make) {
  for (let i = 0; i < rounds; i++) make(); // compiled
  const start = process.hrtime.bigint();
  for (let i = 0; i < rounds; i++) make();
  const ns = Number(process.hrtime.bigint() - start) / rounds;
  const session = new inspector.Session();
  session.connect();
  session.post("HeapProfiler.startSampling", { samplingInterval: 512, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
  for (let i = 0; i < rounds; i++) make();
  let heap = 0;
  session.post("HeapProfiler.stopSampling", (error, { profile }) => {
    heap = profile.samples.reduce((sum, sample) => sum + sample.size, 0) / rounds;
  });
  session.disconnect();
  return { ns, heap };
}

for (const [name, make] of [["node-thermal-printer", thermal], ["@point-of-sale/receipt-printer-encoder", encoder], ["receiptline", receipt]]) {
  const { version } = JSON.parse(fs.readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url)));
  console.log(JSON.stringify({ name, version, stream: Buffer.from(make()).toString("base64"), ...measure(make) }));
}
