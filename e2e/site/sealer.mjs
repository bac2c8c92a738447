// The clerk seals several documents with the device at the server: chosen, confirmed with the password, each with its result.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, tooWide } from "../lib/axe.mjs";
import { opened, picture, story } from "../lib/people.mjs";
import { hasDevices, PASSWORD, startSealer, stopSealer } from "../lib/site.mjs";
import { ask } from "../lib/service.mjs";

const step = hasDevices ? story("with the device at the server") : () => undefined;
if (!hasDevices) test("with the device at the server", { skip: "softhsm2, opensc and openssl are not installed" }, () => undefined);
let page;
let ids = [];

async function looked(name) {
  assert.equal(await tooWide(page), 0, `${name} fits the screen`);
  await picture(page, `sealer-${name}`, { fullPage: true });
  assert.deepEqual(await findings(page), []);
}

const states = () => Promise.all(ids.map(async (id) => (await ask("vt.tanmau", "GET", `/api/v1/outgoing/${id}`)).state));

async function choose() {
  await page.goto("/outgoing?tile=to-seal");
  for (const id of ids) await page.locator(`input[name=pick][value^="${id}"]`).check();
  await page.getByRole("button", { name: "Đóng dấu các văn bản đã chọn" }).click();
  await page.locator("input[name=way][value=sealer]").check();
}

step("documents that the deputy has signed get their numbers", async () => {
  const waiting = await ask("vt.tanmau", "GET", "/api/v1/outgoing?tile=to-number");
  const ours = waiting.items.filter((one) => one.subject.includes("ký nhiều văn bản"));
  ids = ours.map((one) => one.outgoing_id).slice(0, 3);
  assert.ok(ids.length >= 2, "some wait for their number");
  for (const id of ids) await ask("vt.tanmau", "POST", `/api/v1/outgoing/${id}/give-number`, {});
  page = await opened("vt.tanmau", "/");
});

step("a device that does not answer is told, and nothing has happened", async () => {
  await choose();
  await looked("choice");
  await page.locator("[data-sign-start]").click();
  await page.getByRole("heading", { name: "chưa trả lời" }).waitFor();
  await looked("absent");
});

step("the page before the seal shows every document, and a wrong password seals nothing", async () => {
  await startSealer();
  await choose();
  await page.locator("[data-sign-start]").click();
  await page.getByRole("heading", { name: `Xác nhận đóng dấu ${ids.length} văn bản` }).first().waitFor();
  for (const id of ids) assert.equal(await page.locator(`.batch a[href="/outgoing/${id}"]`).count(), 1);
  await page.waitForFunction(() => [...document.querySelectorAll(".leaf img")].every((one) => one.complete && one.naturalWidth > 0));
  await looked("confirm");
  const wide = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await looked("confirm-narrow");
  await page.setViewportSize(wide);
  await page.getByLabel("Mật khẩu đăng nhập của đồng chí").fill("doan-mo");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Mật khẩu xác nhận không đúng" }).waitFor();
  await looked("wrong-password");
  assert.ok((await states()).every((state) => state === "numbered"));
});

step("with the right one each document is sealed, and the page says so by itself", async () => {
  await page.getByLabel("Mật khẩu đăng nhập của đồng chí").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `Đã đóng dấu ${ids.length} trên ${ids.length} văn bản` }).waitFor({ timeout: 60_000 });
  await looked("sealed");
  assert.ok((await states()).every((state) => state === "sealed"));
});

step("who looks after the machines sees the device, its certificate and the days left", async () => {
  page = await opened("qt.tanmau", "/admin/agents");
  await page.getByRole("heading", { name: "Thiết bị ký tại máy chủ" }).waitFor();
  await page.getByText(/còn \d+ ngày/).first().waitFor();
  await looked("administration");
  await stopSealer();
  await page.reload();
  await page.getByText("Không trả lời").waitFor();
});
