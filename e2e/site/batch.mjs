// Several documents signed with one consent: picked by keys, one changes meanwhile, each has its own result.
import assert from "node:assert/strict";
import { agree, consent, desk, opened, picture, story } from "../lib/people.mjs";

const step = story("several at once");
const COUNT = 5;
const ids = [];

/** Asks our API as the person of the page does. */
function ask(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const csrf = document.querySelector("meta[name=csrf-token]")?.content ?? "";
      const options = { method, headers: { "content-type": "application/json", "x-csrf-token": csrf } };
      if (body) options.body = JSON.stringify(body);
      const reply = await fetch(path, options);
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
      return text ? JSON.parse(text) : undefined;
    },
    [method, path, body],
  );
}

step("five documents wait for the deputy's signature", async () => {
  const drafter = await opened("cv.vhxh", "/outgoing");
  const choices = await ask(drafter, "GET", "/api/v1/outgoing/choices");
  const signer = choices.signers.find((one) => one.lines.length === 3);
  const head = await opened("tp.vhxh", "/");
  for (let n = 1; n <= COUNT; n += 1) {
    const begun = await ask(drafter, "POST", "/api/v1/outgoing", { kind: "official-letter" });
    const id = begun.outgoing_id;
    await ask(drafter, "PUT", `/api/v1/outgoing/${id}`, {
      version: 1,
      kind: "official-letter",
      subject: `ký nhiều văn bản, số ${n}`,
      addressees: ["Sở Khoa học và Công nghệ"],
      recipients: [choices.agencies[0].agency_id],
      recipients_text: ["Như trên", "Lưu: VT, VHXH"],
      body: "Ủy ban nhân dân xã Tân Mẫu đề nghị quý Sở hướng dẫn việc ký số văn bản.",
      authority_id: signer.authority_id,
    });
    await ask(drafter, "POST", `/api/v1/outgoing/${id}/submit`, {});
    await ask(head, "POST", `/api/v1/outgoing/${id}/approve`, {});
    ids.push(id);
  }
});

step("they are picked by keys and shown before they are signed", async () => {
  const page = await opened("pct.tanmau", "/outgoing?tile=to-sign");
  for (const id of ids) {
    // From the top each time: the list is sorted by urgency and age.
    await page.locator(".row-link").first().focus();
    for (let n = 0; (await page.evaluate(() => document.activeElement?.getAttribute("href"))) !== `/outgoing/${id}`; n += 1) {
      assert.ok(n < 40, "the row is reached with j");
      await page.keyboard.press("j");
    }
    await page.keyboard.press("x");
  }
  await page.locator("[data-picked]", { hasText: `Đã chọn ${COUNT}` }).waitFor();
  await page.keyboard.press("t");
  await page.getByRole("heading", { name: `Ký ${COUNT} văn bản` }).first().waitFor();
  for (const id of ids) {
    const box = page.locator(`input[name=document][value="${id}"]`);
    assert.ok(await box.isChecked());
    assert.equal(await page.locator(`a[href="/outgoing/${id}"][target=_blank]`).count(), 1);
  }
  await page.getByText("kính gửi: Sở Khoa học và Công nghệ").first().waitFor();
  await picture(page, "batch-before", { fullPage: true });
});

step("one changes while the PIN is asked: it fails alone", async () => {
  const page = await desk("pct.tanmau");
  const drafter = await desk("cv.vhxh");
  await consent(page, async (window) => {
    await ask(drafter, "POST", `/api/v1/outgoing/${ids[2]}/take-back`, {});
    await agree(window);
  });
  await page.getByRole("heading", { name: `Đã ký ${COUNT - 1} trên ${COUNT} văn bản` }).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator("tr", { hasText: "Không ký được" }).count(), 1);
  assert.equal(await page.locator("td.c-state", { hasText: "Đã ký" }).count(), COUNT - 1);
  await picture(page, "batch-after", { fullPage: true });
  const states = await Promise.all(ids.map((id) => ask(drafter, "GET", `/api/v1/outgoing/${id}`)));
  assert.deepEqual(
    states.map((one) => one.state),
    ["signed", "signed", "drafting", "signed", "signed"],
  );
});
