// The islands by themselves, on the gallery's screens, with the server and the agent played by the test.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const dist = fileURLToPath(new URL("../crates/vanthu-web/static/dist/", import.meta.url));
const gallery = fileURLToPath(new URL("artefacts/gallery/", import.meta.url));
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const policy = "default-src 'self'; connect-src 'self' http://127.0.0.1:18181; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; frame-ancestors 'none'";
const agentStatus = { name: "vanthu-agent", version: "0.1.0", practice: true, consent: "person", certificates: [{ thumbprint: "a", subject: "CN=A", common_name: "A", issuer: "CN=B", serial: "1", not_after: "2099-01-01T00:00:00Z" }] };
let browser;

before(async () => {
  const program = fileURLToPath(new URL("../", import.meta.url));
  // Written anew each time: the screens follow the templates. `make test` has built the program; alone, cargo does.
  const [command, ...options] = process.env.VANTHU_GALLERY_BIN ? [process.env.VANTHU_GALLERY_BIN] : ["cargo", "run", "--quiet", "-p", "vanthu-web", "--example", "gallery", "--"];
  execFileSync(command, [...options, gallery], { cwd: program, stdio: "inherit" });
  assert.ok(existsSync(join(gallery, "list.html")), "the example screens are there");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
});
after(() => browser?.close());

/** A page of the gallery; `answers` maps a path to what the server (or agent) says to it. */
async function open(screen, answers = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(String(error)));
  await context.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    const key = url.port === "18181" ? `agent${url.pathname}` : url.pathname;
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    if (url.port === "18181" && route.request().method() === "OPTIONS") return route.fulfill({ status: 204, headers: cors });
    if (answers[key]) {
      const answer = await answers[key](route.request());
      if (answer === "absent") return route.abort("connectionrefused");
      return route.fulfill({ status: answer.status ?? 200, headers: cors, contentType: answer.type ?? "application/json", body: answer.text ?? JSON.stringify(answer.body ?? {}) });
    }
    if (url.port === "18181") return route.abort("connectionrefused");
    const own = url.pathname.startsWith("/static/");
    const file = url.pathname.slice(own ? "/static/".length : "/gallery/".length);
    const body = await readFile(join(own ? dist : gallery, file)).catch(() => undefined);
    if (!body) return route.fulfill({ status: 404, body: "" });
    return route.fulfill({ body, contentType: types[extname(file)] ?? "application/octet-stream", headers: { "content-security-policy": policy } });
  });
  await page.goto(`http://127.0.0.1:8999/gallery/${screen}.html`);
  return page;
}

test("keys move, pick and list themselves", async () => {
  const page = await open("list");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  assert.equal(await page.locator("#row-2").getAttribute("class"), "unread picked");
  assert.equal(await page.locator("[data-picked]").textContent(), "Đã chọn 1");
  await page.keyboard.press("?");
  assert.match(await page.locator("#keys-help").textContent(), /Trả lại/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q");
  await page.keyboard.type("jx?");
  assert.equal(await page.locator("#keys-help").count(), 0);
});

test("a bulk act without a row is stopped and says so", async () => {
  const page = await open("list");
  await page.locator("button[value=accept]").click();
  assert.match(await page.locator("[data-picked]").textContent(), /Chọn ít nhất một dòng/);
});

test("the dialog of a grave act opens by key and closes by Escape", async () => {
  const page = await open("list");
  await page.keyboard.press("r");
  assert.equal(await page.locator("dialog#return").isVisible(), true);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog#return").isVisible(), false);
});

test("an absent agent is told with what to do, and may be tried again", async () => {
  const page = await open("signing");
  await page.locator("[data-sign-start]").click();
  const box = page.locator("[data-sign-problem] .problem");
  await box.waitFor();
  assert.match(await box.textContent(), /Không thấy phần mềm ký/);
  assert.match(await box.textContent(), /Thử lại/);
});

function signing(progress) {
  let asked = 0;
  return {
    "agent/v1/status": () => ({ body: agentStatus }),
    "agent/v1/sign": () => ({ status: 202, body: { consent_url: "http://127.0.0.1:18181/consent/x", state: "waiting" } }),
    "agent/consent/x": () => ({ type: "text/html", text: "<title>PIN</title>" }),
    "/api/v1/signing-sessions": () => ({ body: { signing_id: "sgn_1", token: "t", server: "http://127.0.0.1:8999", expires_at: "2099-01-01T00:00:00Z" } }),
    "/api/v1/signing-sessions/sgn_1": () => ({ body: progress(asked++) }),
  };
}

test("signing opens the consent window and ends on the page named by the server", async () => {
  const item = (state) => [{ document: "out_01", state }];
  const page = await open("signing", signing((n) => (n === 0 ? { state: "open", items: item("waiting") } : { state: "signed", items: item("signed"), next: "/gallery/done.html" })));
  const popup = page.waitForEvent("popup");
  await page.locator("[data-sign-start]").click();
  await popup;
  await page.waitForURL("**/done.html");
});

test("a wrong PIN ends the session in words", async () => {
  const page = await open("signing", signing(() => ({ state: "cancelled", reason: "wrong-pin", items: [] })));
  await page.locator("[data-sign-start]").click();
  const box = page.locator("[data-sign-problem] .problem");
  await box.waitFor();
  assert.match(await box.textContent(), /Mã PIN không đúng/);
});

test("a server's refusal shows what, why, article and what now", async () => {
  const answers = { ...signing(() => ({})), "/api/v1/signing-sessions": () => ({ status: 409, body: { code: "already-signed", title: "Văn bản đã được ký.", detail: "Ký ở cửa sổ khác lúc 08:10.", article: "NĐ 30/2020, Điều 13", action: "Tải lại trang." } }) };
  const page = await open("signing", answers);
  await page.locator("[data-sign-start]").click();
  const box = page.locator("[data-sign-problem] .problem");
  await box.waitFor();
  for (const part of ["Văn bản đã được ký.", "Ký ở cửa sổ khác", "NĐ 30/2020", "Tải lại trang."]) assert.ok((await box.textContent()).includes(part), part);
});

test("a draft saves itself and says when", async () => {
  const bodies = [];
  const page = await open("editor", {
    "/preview": () => ({ body: { pages: [{ src: "page.svg", width: 794, height: 1123 }] } }),
    "/save": (request) => (bodies.push(request.postData()), { body: { version: "4", saved_at: "08:15" } }),
  });
  await page.locator("#body").fill("Nội dung mới");
  await page.locator("[data-saved]", { hasText: "Đã lưu lúc 08:15" }).waitFor();
  assert.match(bodies[0], /version=3/);
  assert.equal(await page.locator("input[name=version]").inputValue(), "4");
  await page.locator("[data-preview-state]", { hasText: "1 trang" }).waitFor();
  assert.equal(await page.locator(".sheet-page").count(), 1);
});

test("two tabs on one draft lose nothing: both texts stay and one is chosen", async () => {
  let first = true;
  const saved = [];
  const page = await open("editor", {
    "/preview": () => ({ body: { pages: [] } }),
    "/save": (request) => {
      saved.push(new URLSearchParams(request.postData()));
      if (!first) return { body: { version: "8", saved_at: "08:20" } };
      first = false;
      return { status: 409, body: { code: "version-conflict", title: "Khác bản", current_version: "7", current_body: "Bản kia", current_by: "Phạm Thị Soạn" } };
    },
  });
  await page.locator("#body").fill("Bản của tôi");
  await page.locator("#conflict-mine").waitFor();
  assert.equal(await page.locator("#conflict-mine").inputValue(), "Bản của tôi");
  assert.equal(await page.locator("#conflict-theirs").inputValue(), "Bản kia");
  await page.locator("text=Giữ bản của tôi").click();
  await page.locator("[data-saved]", { hasText: "08:20" }).waitFor();
  assert.equal(saved[1].get("version"), "7");
  assert.equal(saved[1].get("body"), "Bản của tôi");
});

test("arrow keys and the mouse move the signature in points", async () => {
  const page = await open("place");
  const box = page.locator(".place-box[data-box=number]");
  await box.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowUp");
  assert.equal(await page.locator("#number_x").inputValue(), "156");
  assert.equal(await page.locator("#number_y").inputValue(), "731");
  await page.keyboard.press("Home");
  assert.equal(await page.locator("#number_x").inputValue(), "150");
  const area = await box.boundingBox();
  await page.mouse.move(area.x + 5, area.y + 5);
  await page.mouse.down();
  await page.mouse.move(area.x + 105, area.y + 5, { steps: 4 });
  await page.mouse.up();
  assert.ok(Number(await page.locator("#number_x").inputValue()) > 200);
  assert.equal(await page.locator("#number_page").inputValue(), "1");
});

test("a change on the server changes the fragment on the screen", async () => {
  const page = await open("desk", {
    "/events": () => ({ type: "text/event-stream", text: 'id: 5\nevent: change\ndata: {"subjects":["tiles"],"text":"Có văn bản mới"}\n\n' }),
    "/fragment/tiles": () => ({ type: "text/html", text: '<ul class="tiles" id="tiles" data-live="tiles" data-live-src="/fragment/tiles"><li>8 mới</li></ul>' }),
  });
  await page.locator("#tiles", { hasText: "8 mới" }).waitFor();
  await page.locator(".toast.info", { hasText: "Có văn bản mới" }).first().waitFor();
});

test("what is typed while a save is on its way is saved after it", async () => {
  const saved = [];
  const page = await open("editor", {
    "/preview": () => ({ body: { pages: [] } }),
    "/save": async (request) => {
      saved.push(new URLSearchParams(request.postData()).get("body"));
      if (saved.length === 1) await page.locator("#body").fill("Thứ hai");
      return { body: { version: String(saved.length + 3), saved_at: `08:3${saved.length}` } };
    },
  });
  await page.locator("#body").fill("Thứ nhất");
  await page.locator("[data-saved]", { hasText: "08:32" }).waitFor();
  assert.deepEqual(saved, ["Thứ nhất", "Thứ hai"]);
});
