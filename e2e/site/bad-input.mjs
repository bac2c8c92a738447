// What goes wrong at the desk: files that are not what they should be, PINs, consent, an agent that is away, two tabs.
import assert from "node:assert/strict";
import { damaged, encrypted, misnamed, scripted } from "../lib/pdf.mjs";
import { consent, desk, opened, picture, story, tab } from "../lib/people.mjs";
import { startAgent, stopAgent } from "../lib/site.mjs";
import { made } from "./main-job.mjs";

const path = (page) => new URL(page.url()).pathname;
const settled = (page) => page.locator("[data-saved]", { hasText: "Đã lưu lúc" }).first().waitFor();

async function draft(login) {
  const page = await opened(login, "/outgoing?tile=drafts");
  await page.keyboard.press("m");
  await page.locator("#ask-draft").getByRole("button", { name: "Bắt đầu soạn" }).click();
  await page.waitForURL("**/edit");
  return page;
}

async function send(page, name, buffer) {
  const card = page.locator("details", { has: page.locator("#pdf") });
  await card.evaluate((it) => (it.open = true));
  await page.locator("#pdf").setInputFiles({ name, mimeType: "application/pdf", buffer });
  await card.getByRole("button", { name: "Dùng tệp này" }).click();
  return card;
}

/** What was refused, by which article, and what to do now. */
async function refused(box, what, now) {
  await box.locator("[role=alert]", { hasText: what }).waitFor();
  const text = await box.innerText();
  assert.match(text, /Căn cứ: \S/, text);
  assert.match(text, now, text);
}

const files = story("a file that is sent up");
files("damaged, encrypted, with scripts, misnamed: each is refused in words", async () => {
  const page = await draft("cv.hoamau");
  const wrong = [
    ["hong.pdf", damaged, /Không đọc được tệp/, /tải lên lại|xuất lại/],
    ["khoa.pdf", encrypted, /bị khóa bằng mật khẩu/, /Bỏ mật khẩu/],
    ["chay.pdf", scripted, /có phần tự chạy/, /PDF mới/],
    ["anh.pdf", misnamed, /không đúng loại như tên gọi/, /phần mở rộng/],
  ];
  for (const [name, buffer, what, now] of wrong) await refused(await send(page, name, buffer), what, now);
  await picture(page, "refused-file");
  assert.equal(await page.locator("#body").count(), 1, "the draft is as it was");
});

const places = story("a finished PDF");
places("its places are found, and moved by keys and by mouse", async () => {
  const page = await draft("cv.vhxh");
  await send(page, "cong-van.pdf", made.unsigned);
  await page.waitForURL("**/place");
  const box = page.locator(".place-box[data-box=number]");
  await box.waitFor();
  for (const name of ["number", "date", "signature"]) assert.ok(Number(await page.locator(`#${name}_x`).inputValue()) > 50, `${name} was found`);
  await picture(page, "place");
  const x = page.locator("#number_x");
  const before = Number(await x.inputValue());
  await box.focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(Number(await x.inputValue()), before + 1);
  await page.keyboard.press("Home");
  assert.equal(Number(await x.inputValue()), before);
  const sign = page.locator(".place-box[data-box=signature]");
  await sign.scrollIntoViewIfNeeded();
  const area = await sign.boundingBox();
  const y = Number(await page.locator("#signature_y").inputValue());
  await page.mouse.move(area.x + 8, area.y + 8);
  await page.mouse.down();
  await page.mouse.move(area.x + 8, area.y + 38, { steps: 4 });
  await page.mouse.up();
  const moved = Number(await page.locator("#signature_y").inputValue());
  assert.ok(moved < y - 10, `${moved} is lower than ${y}`);
  await page.getByRole("button", { name: "Lưu vị trí" }).first().click();
  await page.waitForURL("**/edit");
  await page.getByText("Văn bản này dùng tệp PDF đã tải lên").waitFor();
  made.uploaded = path(page).replace("/edit", "");
  await page.goto(`${made.uploaded}/place`);
  assert.ok(Math.abs(Number(await page.locator("#signature_y").inputValue()) - moved) < 0.6, "the place was kept");
});

const tabs = story("two tabs");
tabs("on one draft: the second is told, and both texts stay", async () => {
  const page = await draft("cv.hoamau");
  const other = await tab("cv.hoamau", path(page));
  await page.locator("#body").fill("Bản thứ nhất, viết ở cửa sổ trái.");
  await settled(page);
  await other.locator("#body").fill("Bản thứ hai, viết ở cửa sổ phải.");
  await other.locator("#conflict-mine").waitFor();
  assert.equal(await other.locator("#conflict-mine").inputValue(), "Bản thứ hai, viết ở cửa sổ phải.");
  assert.equal(await other.locator("#conflict-theirs").inputValue(), "Bản thứ nhất, viết ở cửa sổ trái.");
  await picture(other, "conflict");
  await other.getByRole("button", { name: "Giữ bản của tôi" }).click();
  await settled(other);
  await page.reload();
  assert.equal(await page.locator("#body").inputValue(), "Bản thứ hai, viết ở cửa sổ phải.");
  await other.close();
});

const signing = story("signing");
const problem = (page, words) => page.locator("[data-sign-problem] .problem", { hasText: words });
async function toSign(login) {
  const page = await opened(login, "/outgoing?tile=to-sign");
  await page.locator("a.row-link").first().click();
  await page.locator("[data-sign-start]").waitFor();
  return page;
}
signing("with a wrong PIN stops at once and says so", async () => {
  const page = await toSign("pct.tinh");
  await consent(page, async (window) => {
    await window.locator("#pin").fill("00000000");
    await window.getByRole("button", { name: "Ký", exact: true }).click();
  });
  await problem(page, "Mã PIN không đúng").waitFor();
  await picture(page, "wrong-pin");
});
signing("that the person refuses leaves the document as it was", async () => {
  const page = await desk("pct.tinh");
  await page.reload();
  await consent(page, (window) => window.getByRole("button", { name: "Từ chối" }).click());
  await problem(page, "Bạn đã không đồng ý ký").waitFor();
  await page.reload();
  await page.locator("li.now", { hasText: "Ký số" }).waitFor();
});
signing("without an agent says what to do; with it back, “Thử lại” goes on", async () => {
  const page = await desk("pct.tinh");
  await stopAgent();
  try {
    await page.locator("[data-sign-start]").click();
    await problem(page, "Không thấy phần mềm ký trên máy này").waitFor();
    await picture(page, "agent-absent");
  } finally {
    await startAgent();
  }
  const popup = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Thử lại" }).click();
  const window = await popup;
  await window.locator("#pin").waitFor();
  await window.getByRole("button", { name: "Từ chối" }).click();
  await problem(page, "Bạn đã không đồng ý ký").waitFor();
});
