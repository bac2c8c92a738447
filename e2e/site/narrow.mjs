// The leader's part on a telephone: reading, signing, directing, with nothing beyond the edge of the screen.
import assert from "node:assert/strict";
import { findings, tooWide } from "../lib/axe.mjs";
import { agree, consent, picture, screen, story } from "../lib/people.mjs";

const step = story("on a telephone");
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
let page;

async function looked(name) {
  await page.locator(".sheet-page img").evaluateAll((images) => Promise.all(images.filter((image) => image.loading !== "lazy").map((image) => image.decode())));
  assert.equal(await tooWide(page), 0, `${name} fits the screen`);
  await picture(page, `phone-${name}`);
  assert.deepEqual(await findings(page), []);
}

step("the desk and the lists fit", async () => {
  page = await (await screen("pct.tinh", phone)).newPage();
  for (const [name, path] of [["desk", "/"], ["to-sign", "/outgoing?tile=to-sign"], ["presented", "/incoming?tile=presented-to-me"], ["notices", "/notices"]]) {
    await page.goto(path);
    await looked(name);
  }
  await page.goto("/");
  await page.getByRole("button", { name: "Mở menu" }).tap();
  await page.locator("#menu").getByRole("link", { name: /Chờ tôi ký/ }).tap();
  await page.waitForURL("**tile=to-sign");
});

step("the leader reads a letter and signs it", async () => {
  await page.locator("a.row-link").first().tap();
  await page.locator("[data-sign-start]").waitFor();
  await looked("document");
  await page.getByRole("link", { name: "Đến phần ký số" }).tap();
  await page.locator("[data-sign-start]:visible").waitFor();
  await consent(page, async (window) => {
    assert.equal(await tooWide(window), 0, "the consent page fits the screen");
    await agree(window);
  });
  await page.locator(".problem.ok", { hasText: "Đã ký số" }).waitFor();
  await looked("signed");
});

step("the leader directs what was presented", async () => {
  page = await (await screen("ct.tanmau", phone)).newPage();
  await page.goto("/incoming?tile=presented-to-me");
  await page.locator("a.row-link").first().tap();
  const form = page.locator("#direct");
  await form.waitFor();
  await looked("direct");
  await form.getByRole("radio", { name: /^Chủ trì: Phòng/ }).first().check();
  await form.getByRole("button", { name: "Triển khai thực hiện theo quy định." }).tap();
  await looked("directing");
  await page.getByRole("button", { name: /Chuyển xử lý/ }).filter({ visible: true }).first().tap();
  await page.waitForURL("**done=directed");
  await looked("directed");
});
