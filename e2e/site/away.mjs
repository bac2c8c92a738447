// A leader signs on a telephone with a key that a service holds: the service is played by a program beside the site.
import assert from "node:assert/strict";
import { findings, tooWide } from "../lib/axe.mjs";
import { picture, screen, story } from "../lib/people.mjs";
import { HOLDER, holderDoes, letterToSign, startService } from "../lib/service.mjs";

const step = story("with a key at a service");
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
let page;
let letter;

async function looked(name) {
  assert.equal(await tooWide(page), 0, `${name} fits the screen`);
  await picture(page, `away-${name}`, { fullPage: true });
  assert.deepEqual(await findings(page), []);
}

const card = () => page.locator("[data-sign]");

step("the leader links the key", async () => {
  await startService("ct.tanmau");
  page = await (await screen("ct.tanmau", phone)).newPage();
  await page.goto("/account");
  await page.getByRole("link", { name: "Cách ký của tôi" }).tap();
  await page.getByLabel("Mã người dùng ở dịch vụ").fill(HOLDER);
  await looked("link");
  await page.getByRole("button", { name: "Tìm khóa" }).tap();
  await page.getByRole("button", { name: "Dùng khóa này" }).waitFor();
  await looked("found");
  await page.getByRole("button", { name: "Dùng khóa này" }).tap();
  await page.getByRole("button", { name: "Bỏ khóa này" }).waitFor();
  await looked("linked");
});

step("the service is offered first, and what the holder refuses is not signed", async () => {
  letter = await letterToSign("ký số từ xa trên điện thoại");
  await holderDoes("refuse");
  await page.goto(letter);
  const ways = card().locator("input[name=way]");
  assert.equal(await ways.count(), 3);
  assert.ok(await ways.first().isChecked(), "on a telephone the agent is not offered first");
  assert.notEqual(await ways.first().getAttribute("value"), "agent");
  await card().locator("[data-sign-start]").tap();
  await card().getByRole("heading", { name: "Yêu cầu ký đã bị từ chối trên điện thoại." }).waitFor();
  await looked("refused");
});

step("a holder who says nothing may be given up, and says afterwards what became of it", async () => {
  await holderDoes("nothing");
  await card().getByRole("button", { name: "Thử lại" }).tap();
  const code = card().locator("[data-sign-code]");
  await code.waitFor();
  assert.match(await code.textContent(), /^\d{4}$/);
  await card().getByText("Chờ đồng chí đồng ý trên điện thoại").waitFor();
  await looked("waiting");
  // Another look at the page finds the session under way.
  await page.reload();
  await code.waitFor();
  await card().locator("[data-give-up]").tap();
  await card().locator("[data-settle=no-signature]").waitFor();
  await looked("unknown");
  await card().locator("[data-settle=no-signature]").tap();
  await card().locator("[data-settle]").first().waitFor({ state: "detached" });
});

step("the leader agrees, and the document is signed", async () => {
  await holderDoes("agree");
  await card().locator("[data-sign-start]").tap();
  await page.locator(".problem.ok", { hasText: "Đã ký số" }).waitFor({ timeout: 30_000 });
  await looked("signed");
});

step("several go with one agreement, and what became of them is asked once", async () => {
  const letters = [];
  for (const subject of ["ký số từ xa, văn bản thứ nhất", "ký số từ xa, văn bản thứ hai"]) letters.push(await letterToSign(subject));
  await holderDoes("nothing");
  await page.goto("/outgoing?tile=to-sign");
  for (const one of letters) await page.locator(`input[name=pick][value^="${one.split("/").pop()}"]`).check();
  await page.getByRole("button", { name: "Ký các văn bản đã chọn" }).tap();
  await page.getByRole("heading", { name: "Ký 2 văn bản" }).first().waitFor();
  const ways = card().locator("input[name=way]");
  assert.equal(await ways.count(), 3);
  assert.ok(await ways.first().isChecked());
  await card().getByText("Mỗi lần đồng ý ký nhiều nhất 100 tệp").waitFor();
  await looked("several");
  await card().locator("[data-sign-start]").tap();
  await card().locator("[data-sign-code]").waitFor();
  await card().getByText("Chờ đồng chí đồng ý trên điện thoại").waitFor();
  await looked("several-waiting");
  await card().locator("[data-give-up]").tap();
  await card().locator("[data-settle=no-signature]").tap();
  // One answer for both; each can be signed again.
  await page.getByRole("heading", { name: "Đã ký 0 trên 2 văn bản" }).waitFor();
  await looked("several-given-up");
  await holderDoes("agree");
  await page.getByRole("button", { name: "Ký tiếp 2 văn bản còn lại" }).tap();
  await card().locator("[data-sign-start]").tap();
  await page.getByRole("heading", { name: "Đã ký 2 trên 2 văn bản" }).waitFor({ timeout: 30_000 });
  await looked("several-signed");
});
