// Lists: filters and their chips, lists kept under a name, several rows at once by keyboard, the list as a file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { findings, tooWide } from "../lib/axe.mjs";
import { desk, opened, picture, screen, story } from "../lib/people.mjs";

const step = story("lists");
const clerk = "vt.tanmau";

async function looked(page, name) {
  await picture(page, `list-${name}`);
  await picture(await dark(page), `list-${name}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await tooWide(page), 0, `${name} fits the screen`);
  assert.deepEqual(await findings(page), [], name);
}

async function dark(page) {
  await page.emulateMedia({ colorScheme: "dark" });
  return page;
}

step("a filter is added by the form and taken away by its chip", async () => {
  const page = await opened(clerk, "/incoming?tile=all");
  const all = await page.locator("[data-row]").count();
  assert.ok(all > 1, "the practice province has arrivals");
  await page.keyboard.press("f");
  await page.getByRole("combobox", { name: "Loại văn bản", exact: true }).selectOption({ label: "Công văn" });
  await page.getByRole("combobox", { name: "Tình trạng", exact: true }).selectOption({ label: "Chờ tiếp nhận" });
  await looked(page, "form");
  await page.getByRole("button", { name: "Lọc", exact: true }).click();
  await page.waitForURL("**/incoming?kind=official-letter&state=checked");
  await looked(page, "filtered");
  await page.getByRole("link", { name: /Tình trạng/ }).click();
  await page.waitForURL("**/incoming?kind=official-letter");
});

step("a list is kept under a name, opens first, and is given up", async () => {
  const page = await opened(clerk, "/incoming?urgency=any&order=urgent");
  await page.locator("summary", { hasText: "Lưu bộ lọc" }).click();
  await page.getByLabel("Tên bộ lọc", { exact: true }).fill("Văn bản khẩn");
  await page.getByLabel("Mở đầu tiên khi vào danh mục này").check();
  await page.getByRole("button", { name: "Lưu bộ lọc", exact: true }).click();
  await page.locator(".problem.ok", { hasText: "Đã lưu bộ lọc" }).waitFor();
  await looked(page, "kept");
  await page.goto("/incoming");
  await page.getByRole("heading", { level: 1, name: "Văn bản đến · Văn bản khẩn" }).waitFor();
  assert.equal(await page.locator(".tabs .kept a[aria-current]").count(), 1);
  await page.locator("summary", { hasText: "Bộ lọc này" }).click();
  await page.getByRole("button", { name: "Xóa bộ lọc" }).click();
  await page.locator(".problem.ok", { hasText: "Đã xóa bộ lọc" }).waitFor();
  assert.equal(await page.locator(".tabs .kept").count(), 0);
});

step("arrivals are picked by keyboard and registered at once, each with its outcome", async () => {
  const page = await opened(clerk, "/incoming?tile=to-accept");
  const rows = await page.locator("[data-row]").count();
  assert.ok(rows > 0, "something waits");
  await page.keyboard.press("t");
  await page.getByText("Chọn ít nhất một dòng trước đã.").first().waitFor();
  await page.locator("h1").click();
  for (let at = 0; at < Math.min(rows, 2); at += 1) {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
  }
  await page.locator("[data-picked]", { hasText: "Đã chọn" }).waitFor();
  await looked(page, "picked");
  await page.keyboard.press("t");
  await page.getByRole("heading", { level: 1, name: /^Đã làm xong/ }).waitFor();
  assert.equal(await page.locator("[data-row]").count(), Math.min(rows, 2));
  await looked(page, "result");
  await page.getByRole("link", { name: "Về danh mục" }).click();
  await page.waitForURL("**/incoming?tile=to-accept");
});

step("the list leaves as a spreadsheet", async () => {
  const page = await opened(clerk, "/incoming?tile=all");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Xuất Excel" }).click()]);
  assert.match(download.suggestedFilename(), /^van-ban-den-.*\.xlsx$/);
  const bytes = await readFile(await download.path());
  assert.equal(bytes.subarray(0, 2).toString("latin1"), "PK");
  const pdf = await page.request.get("/incoming/export/pdf?tile=all");
  assert.equal((await pdf.body()).subarray(0, 5).toString("latin1"), "%PDF-");
});

step("all of it fits a phone", async () => {
  await desk(clerk);
  const phone = await screen(clerk, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await phone.newPage();
  for (const [name, path] of [["to-accept", "/incoming?tile=to-accept"], ["outgoing", "/outgoing?tile=issued"], ["narrowed", "/incoming?kind=official-letter&urgency=normal"], ["work", "/work"]]) {
    await page.goto(path);
    await looked(page, `phone-${name}`);
  }
  await page.goto("/incoming?tile=all");
  await page.locator("summary", { hasText: "Lọc" }).first().tap();
  await looked(page, "phone-form");
});
