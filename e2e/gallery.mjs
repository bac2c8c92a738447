// Looks at the gallery (crates/vanthu-web/examples/gallery.rs) without a server: serves it under the real
// content security policy, runs axe on each screen in both themes and widths, and leaves pictures.
// node gallery.mjs [folder for the pictures]
import { createServer } from "node:http";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const dist = fileURLToPath(new URL("../crates/vanthu-web/static/dist/", import.meta.url));
const pictures = process.argv[2] ?? fileURLToPath(new URL("../test-results/gallery/", import.meta.url));
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const policy = "default-src 'self'; connect-src 'self' http://127.0.0.1:18181; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; frame-ancestors 'none'";
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

const server = createServer(async (request, response) => {
  const path = new URL(request.url ?? "/", "http://x").pathname;
  const file = path.startsWith("/static/") ? path.slice(8) : path.startsWith("/gallery/") ? path.slice(1) : "";
  try {
    const body = await readFile(join(dist, file));
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "content-security-policy": policy }).end(body);
  } catch {
    response.writeHead(404, { "content-type": "application/problem+json" }).end('{"title":"Không có ở đây."}');
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}`;

await mkdir(pictures, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
let findings = 0;
const found = (where, what) => {
  findings += 1;
  console.log(`${where}: ${what}`);
};
async function examine(page, where) {
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const one of result.violations) found(where, `${one.id}: ${one.help}\n    ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("\n    ")}`);
}
/** What opens on a screen: dialog, keys, menu, reason, problem of signing. */
function opened(screen, width) {
  const list = [];
  if (screen === "list.html") list.push(["dialog", (page) => page.keyboard.press("r")]);
  if (screen === "list.html" && width > 1000) list.push(["keys", (page) => page.keyboard.press("?")]);
  if (screen === "desk.html") list.push(["account", (page) => page.locator(".account > summary").click()]);
  if (screen === "desk.html" && width < 1000) list.push(["menu", (page) => page.locator(".menu-open").click()]);
  if (screen === "document.html") list.push(["why-not", (page) => page.locator(".why-not > summary").click()]);
  if (screen === "signing.html") list.push(["agent-absent", (page) => page.locator("[data-sign-start]").click().then(() => page.locator("[data-sign-problem] .problem").waitFor())]);
  return list;
}
for (const screen of (await readdir(join(dist, "gallery"))).filter((name) => name.endsWith(".html"))) {
  for (const [width, height, scheme] of [[1440, 900, "light"], [1440, 900, "dark"], [390, 844, "light"], [360, 740, "dark"]]) {
    const where = `${screen.replace(".html", "")}-${width}-${scheme}`;
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, bypassCSP: false, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (/Content Security Policy|violates/.test(message.text()) && !/18181/.test(message.text())) found(where, message.text());
    });
    page.on("pageerror", (error) => found(where, String(error)));
    await page.goto(`${base}/gallery/${screen}`);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.screenshot({ path: join(pictures, `${where}.png`), fullPage: width < 1000 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) found(where, `the page is ${wide} px wider than the screen`);
    await page.evaluate(await readFile(axe, "utf8"));
    await examine(page, where);
    for (const [name, act] of opened(screen, width)) {
      await act(page);
      await page.evaluate(() => Promise.all(document.getAnimations().map((it) => it.finished.catch(() => undefined))).then(() => undefined));
      await page.screenshot({ path: join(pictures, `${where}-${name}.png`) });
      await examine(page, `${where}-${name}`);
      await page.keyboard.press("Escape");
    }
    await context.close();
  }
}
await browser.close();
server.close();
console.log(findings === 0 ? "no finding" : `${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;
