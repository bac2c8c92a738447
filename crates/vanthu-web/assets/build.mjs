// Builds the style sheet and the islands into static/dist. Run by `npm run build`; `--watch` keeps building.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { dirname, extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "../static/dist");
const scriptLimit = 60_000; // bytes, compressed: all scripts together

const options = {
  entryPoints: ["app.css", "ts/app.ts", "ts/sign.ts", "ts/editor.ts", "ts/place.ts", "ts/pair.ts", "ts/try-tool.ts"].map((name) => join(here, name)),
  outdir: dist,
  entryNames: "[name]",
  assetNames: "fonts/[name]",
  chunkNames: "shared-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["chrome109", "firefox115", "safari16"],
  loader: { ".woff2": "file" },
  legalComments: "none",
  logLevel: "warning",
};

async function copyPlainFiles() {
  await copyFile(join(here, "icons.svg"), join(dist, "icons.svg"));
  await copyFile(join(here, "icons.LICENSE"), join(dist, "icons.LICENSE"));
  await copyFile(join(here, "mark.svg"), join(dist, "mark.svg"));
  await copyFile(join(here, "waiting.html"), join(dist, "waiting.html"));
  await copyFile(join(here, "../node_modules/htmx.org/dist/htmx.min.js"), join(dist, "htmx.js"));
  await copyFile(join(here, "../node_modules/@fontsource/be-vietnam-pro/LICENSE"), join(dist, "fonts/LICENSE"));
}

/** The English of the texts that the islands use, as a script that pages in English load before them. */
async function writeTexts() {
  const english = new Map();
  for (const line of (await readFile(join(here, "../texts/en.toml"), "utf8")).split("\n")) {
    const entry = /^("(?:[^"\\]|\\.)*") = ("(?:[^"\\]|\\.)*")$/.exec(line);
    if (entry) english.set(JSON.parse(entry[1]), JSON.parse(entry[2]));
  }
  const texts = {};
  for (const name of (await readdir(join(here, "ts"))).sort()) {
    const source = await readFile(join(here, "ts", name), "utf8");
    for (const [, key] of source.matchAll(/\bt\(\s*("(?:[^"\\]|\\.)*")/g)) {
      const text = JSON.parse(key);
      if (!english.has(text)) throw new Error(`${name}: no English for “${text}”`);
      texts[text] = english.get(text);
    }
  }
  await writeFile(join(dist, "texts.en.js"), `window.vanthuTexts=${JSON.stringify(texts)};\n`);
}

/** Sizes, and one short hash over everything: what `?v=` carries, so that files may be cached for long. */
async function report() {
  const hash = createHash("sha256");
  let scripts = 0;
  for (const name of (await readdir(dist)).sort()) {
    const kind = extname(name);
    if (![".js", ".css", ".svg"].includes(kind)) continue;
    const bytes = await readFile(join(dist, name));
    hash.update(name).update(bytes);
    const packed = gzipSync(bytes, { level: 9 }).length;
    if (kind === ".js") scripts += packed;
    console.log(`${name.padEnd(22)} ${String(packed).padStart(6)} B compressed`);
  }
  await writeFile(join(dist, "version.txt"), hash.digest("hex").slice(0, 12));
  console.log(`scripts together       ${String(scripts).padStart(6)} B compressed (limit ${scriptLimit})`);
  if (scripts > scriptLimit) throw new Error("the scripts are over their limit");
}

await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, "fonts"), { recursive: true });
if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
  await copyPlainFiles();
  await writeTexts();
} else {
  await esbuild.build(options);
  await copyPlainFiles();
  await writeTexts();
  await report();
}
