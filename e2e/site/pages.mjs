// Every page, seen by those who work on it: axe in both themes, nothing wider than the screen, no word left untranslated,
// nothing that the content security policy had to stop; and a picture of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, tooWide } from "../lib/axe.mjs";
import { desk, picture, stranger } from "../lib/people.mjs";
import { made } from "./main-job.mjs";

/** The first document of a list. */
const first = (list) => async (page) => {
  await page.goto(list);
  await page.locator("a.row-link").first().click();
  await page.waitForLoadState("load");
};
const at = (path) => (page) => page.goto(path);
const dialog = (path, button) => async (page) => {
  await page.goto(path);
  await page.locator("button", { hasText: button }).filter({ visible: true }).first().click();
  await page.locator("dialog[open]").waitFor();
};

/** Who, what it is called, how one gets there. */
const pages = [
  [null, "sign-in", at("/sign-in")],
  [null, "sign-in-refused", async (page) => {
    await page.goto("/sign-in");
    await page.getByLabel("Tên tài khoản").fill("ct.tinh");
    await page.getByLabel("Mật khẩu").fill("sai-mật-khẩu");
    await page.getByRole("button", { name: "Đăng nhập" }).click();
    await page.locator(".problem").waitFor();
  }],
  [null, "verify", at("/verify")],
  [null, "verify-report", async (page) => {
    await page.goto("/verify");
    await page.locator("#file").setInputFiles({ name: "cong-van.pdf", mimeType: "application/pdf", buffer: made.issued });
    await page.getByRole("button", { name: "Kiểm tra", exact: true }).click();
    await page.locator(".problem.ok").waitFor();
    for (const [link, ending, head] of [["Kết quả dạng PDF", "pdf", "%PDF-"], ["Kết quả dạng trang web", "html", "<!doctype html>"]]) {
      const href = await page.getByRole("link", { name: link }).getAttribute("href");
      const saved = await page.request.get(href);
      assert.equal(saved.status(), 200, link);
      assert.ok(decodeURIComponent(saved.headers()["content-disposition"]).endsWith(`cong-van.pdf.${ending}`), link);
      assert.ok((await saved.body()).toString("latin1").startsWith(head), link);
    }
  }],
  [null, "refusals", at("/errors")],
  [null, "refusal", at("/errors/file-damaged")],
  [null, "not-found", at("/no-such-page")],
  [null, "api", at("/api/docs")],
  ["vt.tanmau", "clerk-desk", at("/")],
  ["vt.tanmau", "clerk-notices", at("/notices")],
  ["vt.tanmau", "clerk-to-accept", at("/incoming?tile=to-accept")],
  ["vt.tanmau", "clerk-arrived", first("/incoming?tile=to-accept")],
  ["vt.tanmau", "clerk-return", async (page) => {
    await first("/incoming?tile=to-accept")(page);
    await page.keyboard.press("r");
    await page.locator("dialog[open]").waitFor();
  }],
  ["vt.tanmau", "clerk-accepted", first("/incoming?tile=to-register")],
  ["vt.tanmau", "clerk-to-present", first("/incoming?tile=to-present")],
  ["vt.tanmau", "clerk-in-process", first("/incoming?tile=in-process")],
  ["vt.tanmau", "clerk-incoming", at("/incoming")],
  ["vt.tanmau", "clerk-numbering", first("/outgoing?tile=to-number")],
  ["vt.tanmau", "clerk-sealing", first("/outgoing?tile=to-seal")],
  ["vt.tanmau", "clerk-issuing", first("/outgoing?tile=to-issue")],
  ["vt.tanmau", "clerk-issue-dialog", async (page) => {
    await first("/outgoing?tile=to-issue")(page);
    await page.keyboard.press("p");
    await page.locator("dialog[open]").waitFor();
  }],
  ["vt.tanmau", "clerk-outgoing", at("/outgoing")],
  ["vt.tanmau", "clerk-issued", (page) => page.goto(made.letter)],
  ["vt.tanmau", "clerk-registers", at("/registers")],
  ["vt.tanmau", "clerk-register", first("/registers")],
  ["vt.skhcn", "clerk-register-in", async (page) => {
    await page.goto("/registers");
    await page.locator("tr", { hasText: "đến" }).locator("a.row-link").first().click();
  }],
  ["vt.tanmau", "clerk-search", at("/search?q=chữ ký")],
  ["vt.tanmau", "clerk-search-empty", at("/search?q=khongcogi")],
  ["vt.tanmau", "account", at("/account")],
  ["vt.tanmau", "devices", at("/devices")],
  ["vt.tanmau", "device", async (page) => {
    await page.goto("/devices");
    await page.locator("main h3 a").first().click();
    await page.getByRole("button", { name: "Báo nghi lộ, mất khóa" }).click();
    await page.locator("dialog#suspect[open]").waitFor();
  }],
  ["qt.tanmau", "manager-devices", at("/devices")],
  ["qt.tanmau", "networks", at("/admin/networks")],
  ["tp.cds", "findings", at("/findings")],
  ["vt.tanmau", "password", at("/account/password")],
  ["ct.tanmau", "leader-desk", at("/")],
  ["ct.tanmau", "leader-to-sign", at("/outgoing?tile=to-sign")],
  ["ct.tanmau", "leader-sign", first("/outgoing?tile=to-sign")],
  ["gd.skhcn", "leader-given", at("/work?tile=given-by-me")],
  ["gd.skhcn", "leader-completed", (page) => page.goto(made.incoming)],
  ["tp.vhxh", "head-desk", at("/")],
  ["tp.vhxh", "head-review", first("/outgoing?tile=to-review")],
  ["tp.vhxh", "head-return-dialog", async (page) => {
    await first("/outgoing?tile=to-review")(page);
    await page.keyboard.press("r");
    await page.locator("dialog[open]").waitFor();
  }],
  ["cv.vhxh", "specialist-desk", at("/")],
  ["cv.vhxh", "specialist-work", at("/work?tile=doing")],
  ["cv.vhxh", "specialist-line", first("/work?tile=doing")],
  ["cv.vhxh", "specialist-drafts", at("/outgoing?tile=drafts")],
  ["cv.vhxh", "specialist-new", dialog("/outgoing?tile=drafts", "Soạn văn bản")],
  ["cv.vhxh", "specialist-editor", async (page) => {
    await page.goto("/outgoing?tile=returned-drafts");
    await page.locator("a.row-link").first().click();
    await page.goto(`${new URL(page.url()).pathname.replace("/edit", "")}/edit`);
    await page.locator("[data-preview-state]", { hasText: /^\d+ trang/ }).waitFor();
  }],
  ["cv.vhxh", "specialist-version", async (page) => {
    await page.goto(made.letter);
    await page.locator("summary", { hasText: "Phiên bản dự thảo" }).click();
    await page.locator("a[href*='/versions/']").last().click();
  }],
  ["cv.vhxh", "specialist-uploaded", (page) => page.goto(`${made.uploaded}/edit`)],
  ["cv.vhxh", "specialist-place", async (page) => {
    await page.goto(`${made.uploaded}/place`);
    await page.locator(".place-box").first().waitFor();
  }],
  ["cv.vhxh", "keys", async (page) => {
    await page.goto("/outgoing?tile=drafts");
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
  }],
  ["qt.tanmau", "admin-desk", at("/")],
  ["qt.tanmau", "admin-accounts", at("/admin/accounts")],
  ["qt.tanmau", "admin-jobs", at("/admin/jobs")],
  ["cv.kt", "specialist-empty", at("/work?tile=to-do")],
  ["cv.kt", "not-permitted", at("/registers/reg_01JZZZZZZZZZZZZZZZZZZZZZZZ")],
];

for (const [login, name, go] of pages) {
  test(`page ${name}${login ? ` of ${login}` : ""}`, { timeout: 60_000 }, async () => {
    const context = login ? (await desk(login)).context() : await stranger();
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy|violates/.test(message.text())) complaints.push(message.text());
    });
    page.on("response", (response) => {
      if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
    });
    await go(page);
    await page.locator(".sheet-page img").evaluateAll((images) => Promise.all(images.filter((image) => image.loading !== "lazy").map((image) => image.decode())));
    await picture(page, `page-${name}`);
    assert.equal(await tooWide(page), 0, "nothing is wider than the screen");
    const words = await page.locator("body").innerText();
    if (name !== "api") assert.doesNotMatch(words, /\{\w+\}|undefined|\bnull\b/, "no word is left to be filled in");
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(complaints, []);
    await page.close();
    if (!login) await context.close();
  });
}
