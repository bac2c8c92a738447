// axe on a page that is open: everything in the light theme, contrast again in the dark one.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function run(page, options) {
  await page.evaluate(source);
  const violations = await page.evaluate(async (options) => (await globalThis.axe.run(document, options)).violations, options);
  return violations.flatMap((one) => one.nodes.slice(0, 4).map((node) => `${one.id}: ${one.help}: ${node.target} ${node.any[0]?.message ?? node.all[0]?.message ?? ""}`));
}

/** Findings in words; none is good. */
export async function findings(page) {
  const everything = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const found = await run(page, everything);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  const dark = await run(page, { runOnly: { type: "rule", values: ["color-contrast"] } });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  return [...found, ...dark.map((one) => `dark: ${one}`)];
}

/** How much wider the page is than its screen. */
export const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
