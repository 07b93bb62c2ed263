// Renders ZPL from standard input as PNG, at 8 dots per millimetre: zpl.mjs WIDTH HEIGHT, in millimetres.
import fs from "node:fs";
import { ready } from "zpl-renderer-js";

const [width, height] = process.argv.slice(2).map(Number);
const { api } = await ready;
const png = await api.zplToBase64Async(fs.readFileSync(0, "utf8"), width, height, 8);
fs.writeSync(1, Buffer.from(png, "base64"));
process.exit(0);
