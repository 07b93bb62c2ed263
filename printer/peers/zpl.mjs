// Renders ZPL as PNG, at 8 dots per millimetre: zpl.mjs FILE WIDTH HEIGHT …, in
// millimetres, any number of times. The picture of FILE is FILE.png.
import fs from "node:fs";
import { ready } from "zpl-renderer-js";

const args = process.argv.slice(2);
const { api } = await ready;
for (let i = 0; i + 2 < args.length; i += 3) {
  const png = await api.zplToBase64Async(fs.readFileSync(args[i], "utf8"), Number(args[i + 1]), Number(args[i + 2]), 8);
  fs.writeFileSync(`${args[i]}.png`, Buffer.from(png, "base64"));
}
process.exit(0);
