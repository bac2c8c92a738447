// One official letter from draft to completion: typed, reviewed, signed, numbered, sealed, issued, received, directed,
// answered. Every person sits in a browser of their own; whoever waits never reloads.
import assert from "node:assert/strict";
import { BODY, REPLY_BODY, REPLY_SUBJECT, SUBJECT } from "../lib/letter.mjs";
import { consent, desk, opened, picture, story, tab } from "../lib/people.mjs";
import { site } from "../lib/site.mjs";

const step = story("the main job");
/** What later steps and other tests need of it: addresses of the documents. */
export const made = { letter: "", incoming: "", reply: "", number: "", unsigned: undefined, issued: undefined, uploaded: "", due: "" };

const path = (page) => new URL(page.url()).pathname;
const settled = (page) => page.locator("[data-saved]", { hasText: "Đã lưu lúc" }).first().waitFor();
/** The page that tells the outcome, with its keys at work: they are bound once the page is read whole. */
async function says(page, words) {
  await page.locator(".problem.ok", { hasText: words }).waitFor();
  await page.waitForLoadState("domcontentloaded");
}
const button = (page, name) => page.getByRole("button", { name }).filter({ visible: true }).first();

/** A day so many days from now, as a date field takes it. */
function inDays(count) {
  return new Date(Date.now() + count * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);
}

/** Fills the editor that is open. */
async function write(page, { subject, body, signer, recipients }) {
  await page.getByLabel("Trích yếu nội dung").fill(subject);
  await page.getByLabel("Người ký, quyền hạn ký").selectOption(await page.locator("#authority_id option", { hasText: signer }).getAttribute("value"));
  const search = page.getByRole("searchbox", { name: "Tìm nơi nhận" });
  for (const recipient of recipients) {
    await search.fill(recipient);
    await search.press("Enter");
  }
  const field = page.locator("#body");
  const first = body.slice(0, body.indexOf(" ", 30));
  await field.fill("");
  await field.pressSequentially(first);
  await field.press("End");
  await field.evaluate((it, rest) => {
    it.setRangeText(rest, it.value.length, it.value.length, "end");
    it.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }, body.slice(first.length));
  await settled(page);
}

async function submit(page) {
  await button(page, "Trình").click();
  await says(page, "Đã trình văn bản");
}

async function approve(login, address) {
  const page = await opened(login, address);
  await button(page, "Duyệt nội dung").click();
  await page.locator("#ask-approve").getByLabel("Ý kiến").fill("Đã rà soát nội dung, thống nhất trình ký.");
  await button(page.locator("#ask-approve"), "Duyệt, chuyển ký").click();
  await says(page, "Đã duyệt nội dung");
}

async function sign(login, address) {
  const page = await opened(login, address);
  await consent(page);
  await says(page, "Đã ký số");
  return page;
}

/** The clerk's part by keys alone: number, seal, issue. Only the agent's window is another page. */
async function dispatch(login, address) {
  const page = await opened(login, "/outgoing?tile=to-number");
  for (let n = 0; (await page.evaluate(() => document.activeElement?.getAttribute("href"))) !== address; n += 1) {
    assert.ok(n < 20, "the document is reached with j");
    await page.keyboard.press("j");
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${address}`);
  await page.keyboard.press("c");
  await says(page, "Đã cấp số");
  const popup = page.waitForEvent("popup");
  await page.keyboard.press("s");
  const window = await popup;
  await window.locator("#pin:focus").waitFor();
  await window.keyboard.type("12345678");
  await window.keyboard.press("Enter");
  await says(page, "Đã đóng dấu");
  await page.keyboard.press("p");
  await page.locator("dialog#ask-issue[open]").waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  for (let n = 0; (await focused()) !== "Phát hành"; n += 1) {
    assert.ok(n < 10, "the button is reached with Tab");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await says(page, "Đã phát hành");
  return page;
}

/** Marks the page that is open, to prove later that it was not loaded again. */
const keep = (page) => page.evaluate(() => void (globalThis.keptOpen = true));
const kept = async (page) => assert.equal(await page.evaluate(() => globalThis.keptOpen), true, "the page was never loaded again");

/** Waits on the sender's open page until a recipient's state is told. */
async function told(page, agency, state) {
  await page.locator("#deliveries li", { hasText: agency }).filter({ hasText: state }).first().waitFor();
  await kept(page);
}

step("a specialist writes: the preview shows pages, the draft saves itself", async () => {
  const page = await desk("cv.vhxh");
  await page.goto("/outgoing?tile=drafts");
  await page.keyboard.press("m");
  await button(page.locator("#ask-draft"), "Bắt đầu soạn").click();
  await page.waitForURL("**/edit");
  made.letter = path(page).replace("/edit", "");
  await write(page, { subject: SUBJECT, body: BODY, signer: "Dương Văn Sáng", recipients: ["khoa hoc va cong nghe", "xa hoa mau"] });
  assert.match(await page.locator("[data-picker-count]").textContent(), /Đã chọn 2 nơi nhận/);
  await page.getByLabel("Nơi nhận (cuối văn bản)").fill("Như trên\nThường trực Hội đồng nhân dân xã\nLưu: VT, VHXH");
  await page.getByLabel("Hạn trả lời").fill(inDays(9));
  await page.getByLabel("Độ khẩn").selectOption({ label: "Khẩn" });
  await settled(page);
  await page.locator("[data-preview-state]", { hasText: /^3 trang/ }).waitFor();
  assert.equal(await page.locator("[data-preview-pages] img").count(), 3);
  const drawn = await page.locator("[data-preview-pages] img").first().evaluate((image) => image.complete && image.naturalWidth > 300);
  assert.equal(drawn, true, "the page's picture is there");
  await picture(page, "editor");
});

step("a draft that was left keeps everything, and versions are there", async () => {
  const page = await opened("cv.vhxh", `${made.letter}/edit`);
  assert.equal((await page.locator("#body").inputValue()).trim(), BODY.trim());
  assert.equal(await page.getByLabel("Trích yếu nội dung").inputValue(), SUBJECT);
  await button(page, "Lưu phiên bản").click();
  await page.waitForURL("**done=saved");
  await page.getByText(/Phiên bản đã lưu \(\d+\)/).waitFor();
});

step("an attachment goes with it", async () => {
  const page = await desk("cv.vhxh");
  const words = Buffer.from("Biểu mẫu kèm theo\n");
  await page.locator("#file").setInputFiles({ name: "ghi-chú.txt", mimeType: "text/plain", buffer: words });
  await button(page.locator("#files"), "Tải lên").click();
  const refused = page.locator("#files .problem");
  const there = page.locator("#files a", { hasText: "ghi-chú.txt" });
  await refused.or(there).first().waitFor();
  if (await refused.isVisible()) assert.match(await refused.textContent(), /Không nhận loại của tệp/);
});

step("the head of the unit returns it with a reason, and the specialist reads why", async () => {
  await submit(await opened("cv.vhxh", `${made.letter}/edit`));
  const page = await opened("tp.vhxh", made.letter);
  await button(page, "Trả lại").click();
  const dialog = page.locator("#ask-give-back");
  await dialog.getByLabel("Lý do trả lại").fill("Bổ sung thời hạn trả lời vào trích yếu cho rõ.");
  await button(dialog, "Trả lại dự thảo").click();
  await page.getByText("Đã trả lại dự thảo").first().waitFor();
  const drafter = await opened("cv.vhxh", `${made.letter}/edit`);
  await drafter.getByText("Bổ sung thời hạn trả lời vào trích yếu cho rõ.").first().waitFor();
  await drafter.getByLabel("Trích yếu nội dung").fill(`${SUBJECT} trước ngày làm việc thứ năm`);
  await settled(drafter);
  await submit(drafter);
  made.unsigned = await (await drafter.request.get(`${made.letter}/file`)).body();
});

step("the head of the unit approves, the leader signs in the agent's own window", async () => {
  await approve("tp.vhxh", made.letter);
  const page = await opened("ct.tanmau", "/outgoing?tile=to-sign");
  await page.locator(`a[href="${made.letter}"]`).click();
  await page.waitForURL(`**${made.letter}`);
  await page.locator("[data-agent-pill]", { hasText: "sẵn sàng" }).waitFor();
  await picture(page, "sign");
  await consent(page, async (window) => {
    const text = await window.locator("main").innerText();
    for (const part of [SUBJECT, "Ủy ban nhân dân xã Tân Mẫu", "3 trang", "SHA-256", "Dương Văn Sáng"]) assert.ok(text.includes(part), `${part} stands in\n${text}`);
    assert.ok(window.url().startsWith(site.agent));
    await picture(window, "consent");
    await window.locator("#pin").fill("12345678");
    await window.locator("#pin").press("Enter");
  });
  await says(page, "Đã ký số");
  await page.locator(".card", { hasText: "Chữ ký số" }).getByText("Chữ ký đạt, chờ đóng dấu").waitFor();
  await picture(page, "signed");
});

step("the clerk numbers, seals and issues with the keyboard alone", async () => {
  const page = await dispatch("vt.tanmau", made.letter);
  made.number = (await page.locator("h1").textContent()).split(" · ")[0];
  assert.match(made.number, /^\d+\/UBND-VHXH$/);
  await keep(page);
  await told(page, "Sở Khoa học và Công nghệ", "(01)");
  await told(page, "Ủy ban nhân dân xã Hòa Mẫu", "(01)");
  made.issued = await (await page.request.get(`${made.letter}/file`)).body();
});

step("the recipient's clerk sees it arrive without a reload, with the verdict", async () => {
  const page = await opened("vt.skhcn", "/incoming?tile=to-accept");
  const row = page.locator("tr", { hasText: made.number });
  await row.first().waitFor();
  await row.locator("a.row-link").first().click();
  await page.waitForURL("**/incoming/inc_*");
  made.incoming = path(page);
  const verdict = page.locator(".card", { hasText: "Giá trị pháp lý" }).first();
  await verdict.locator("li.ok").first().waitFor();
  assert.ok((await verdict.locator("li.ok").count()) >= 5, "point by point");
  assert.equal(await verdict.locator("li.bad").count(), 0);
  await picture(page, "arrived");
});

step("the clerk accepts, registers and presents", async () => {
  const page = await desk("vt.skhcn");
  const received = page.locator("dl.facts", { hasText: "Số, ký hiệu" });
  assert.ok((await received.locator("dd").first().textContent()).includes(made.number));
  assert.equal(await page.locator("#register input[name=notation], #register input[name=subject]").count(), 0, "what was received is no field");
  await page.keyboard.press("t");
  await page.waitForURL("**done=registered");
  await page.getByText("Số đến", { exact: true }).waitFor();
  const present = page.locator("#present");
  await present.getByLabel("Trình lãnh đạo").selectOption({ label: "Hoàng Minh Đạo (Giám đốc)" });
  await present.getByRole("button", { name: /Phòng Chuyển đổi số chủ trì/ }).click();
  await page.keyboard.press("Escape");
  await present.getByRole("button", { name: "Trình lãnh đạo", exact: true }).click();
  await page.waitForURL("**done=presented");
  await told(await desk("vt.tanmau"), "Sở Khoa học và Công nghệ", "(03)");
});

step("the leader directs: lead, support, information, deadline", async () => {
  const page = await opened("gd.skhcn", made.incoming);
  const form = page.locator("#direct");
  await form.getByText("Giao thẳng cho người").click();
  await form.getByRole("radio", { name: "Chủ trì: Phòng Chuyển đổi số" }).check();
  await form.getByRole("checkbox", { name: "Phối hợp: Văn phòng Sở" }).check();
  await form.getByRole("checkbox", { name: "Để biết: Bùi Thu Trang" }).check();
  await form.getByRole("button", { name: "Nghiên cứu, tham mưu văn bản trả lời đúng hạn." }).click();
  await form.getByRole("button", { name: "3 ngày làm việc" }).click();
  made.due = await form.getByLabel("Hạn xử lý chung").inputValue();
  assert.match(made.due, /^\d{4}-\d\d-\d\d$/);
  await picture(page, "leader");
  await button(page, "Chuyển xử lý").click();
  await page.waitForURL("**done=directed");
  await told(await desk("vt.tanmau"), "Sở Khoa học và Công nghệ", "(04)");
});

step("what is for information closes when it is read", async () => {
  const page = await opened("pgd.skhcn", made.incoming);
  const line = page.locator("#work li", { hasText: "Bùi Thu Trang" });
  await line.getByRole("button").first().click();
  await page.waitForURL("**done=read");
  await page.locator("#work li", { hasText: "Bùi Thu Trang" }).getByText("Đã đọc", { exact: true }).waitFor();
});

step("the head of the unit assigns; the specialist starts and asks for more time", async () => {
  const head = await opened("tp.cds", made.incoming);
  await button(head.locator("#work"), "Phân công").click();
  const dialog = head.locator("dialog[open]");
  await dialog.getByRole("radio", { name: "Chủ trì: Vũ Hải Yến" }).check();
  await dialog.getByLabel("Hạn riêng: Vũ Hải Yến").fill(inDays(1));
  await button(dialog, "Phân công").click();
  await head.waitForURL("**done=assigned");
  const page = await opened("cv.cds", "/work?tile=to-do");
  await page.locator("tr", { hasText: made.number }).locator("a.row-link").first().click();
  await page.waitForURL(`**${made.incoming}**`);
  const own = page.locator("#work li", { hasText: "Vũ Hải Yến" }).last();
  await button(own, "Bắt đầu").click();
  await page.waitForURL("**done=started");
  await told(await desk("vt.tanmau"), "Sở Khoa học và Công nghệ", "(05)");
  await button(page.locator("#work li", { hasText: "Vũ Hải Yến" }).last(), "Xin gia hạn").click();
  const ask = page.locator("dialog[open]");
  await ask.getByLabel("Gia hạn đến ngày").fill(made.due);
  await ask.getByLabel("Lý do").fill("Chờ số liệu đối soát của Trung tâm Chuyển đổi số.");
  await button(ask, "Gửi đề nghị").click();
  await page.waitForURL("**done=extension-asked");
});

step("the giver grants it, and the specialist's open page says so", async () => {
  const page = await desk("cv.cds");
  await keep(page);
  const head = await opened("tp.cds", made.incoming);
  await button(head.locator("#work"), "Xét gia hạn").click();
  const dialog = head.locator("dialog[open]");
  await button(dialog, "Quyết định").click();
  await head.waitForURL("**done=extension-decided");
  await page.locator("#work").getByText("đồng ý gia hạn").first().waitFor();
  await kept(page);
});

step("the specialist answers with a new document, linked; it goes the whole way", async () => {
  const page = await desk("cv.cds");
  await button(page, "Soạn văn bản trả lời").click();
  await page.waitForURL("**/edit");
  made.reply = path(page).replace("/edit", "");
  await page.getByText("Ủy ban nhân dân xã Tân Mẫu").first().waitFor();
  await write(page, { subject: REPLY_SUBJECT, body: REPLY_BODY, signer: "Hoàng Minh Đạo", recipients: [] });
  if (!/Đã chọn 1/.test(await page.locator("[data-picker-count]").textContent())) {
    await page.getByRole("searchbox", { name: "Tìm nơi nhận" }).fill("xa tan mau");
    await page.getByRole("searchbox", { name: "Tìm nơi nhận" }).press("Enter");
    await settled(page);
  }
  await submit(page);
  await page.getByRole("link", { name: "Xem văn bản đến được trả lời" }).waitFor();
  await approve("tp.cds", made.reply);
  await sign("gd.skhcn", made.reply);
  await dispatch("vt.skhcn", made.reply);
});

step("the specialist completes, and the sender sees 06 without ever having reloaded", async () => {
  const page = await opened("cv.cds", made.incoming);
  await page.locator("#answers a").first().waitFor();
  await button(page.locator("#work li", { hasText: "Vũ Hải Yến" }).last(), "Báo cáo").click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByRole("radio", { name: "Đã trả lời bằng văn bản" }).check();
  await button(dialog, "Báo cáo xong").click();
  await page.waitForURL("**done=finished");
});

step("the head reports for the unit where the unit's line is still open, and the document is complete", async () => {
  const head = await opened("tp.cds", made.incoming);
  const report = head.locator("#work").getByRole("button", { name: /Báo cáo/ }).first();
  if (await report.isVisible()) {
    await report.click();
    const dialog = head.locator("dialog[open]");
    await dialog.getByRole("radio", { name: "Đã trả lời bằng văn bản" }).check();
    await button(dialog, "Báo cáo xong").click();
    await head.waitForURL("**done=finished");
  }
  await told(await desk("vt.tanmau"), "Sở Khoa học và Công nghệ", "(06)");
  await picture(await desk("vt.tanmau"), "issued");
});

step("everybody involved sees the timeline, and the answer arrives at the sender", async () => {
  for (const login of ["cv.vhxh", "ct.tanmau", "vt.tanmau"]) {
    const page = await tab(login, made.letter);
    for (const act of [/ký số/i, /cấp số/i, /phát hành/i]) assert.match(await page.locator("#doc-timeline").innerText(), act, login);
    await page.close();
  }
  const page = await tab("vt.tanmau", "/incoming?tile=to-accept");
  await page.locator("tr", { hasText: REPLY_SUBJECT }).first().waitFor();
  await page.close();
});
