// A leader signs with the government's tool, which is played beside the browser: its socket is a real one, and the page's
// content security policy lets it through.
import assert from "node:assert/strict";
import { findings, tooWide } from "../lib/axe.mjs";
import { picture, screen, story } from "../lib/people.mjs";
import { letterToSign } from "../lib/service.mjs";
import { bringNow, opened, startTool, stopTool, toolDoes, toolSignsDigests } from "../lib/tool.mjs";

const step = story("with the government's tool");
let page;
let letter;

const card = () => page.locator("[data-sign]");
const start = () => card().locator("[data-sign-start]").click();

async function looked(name) {
  assert.equal(await tooWide(page), 0, `${name} fits the screen`);
  await picture(page, `tool-${name}`, { fullPage: true });
  assert.deepEqual(await findings(page), []);
}

step("a tool that does not run is told from one that says no", async () => {
  letter = await letterToSign("ký bằng công cụ của Ban Cơ yếu");
  page = await (await screen("ct.tanmau")).newPage();
  await page.goto(letter);
  await card().getByText("Công cụ ký số của Ban Cơ yếu").click();
  await looked("choice");
  await start();
  await card().getByRole("heading", { name: "Không mở được công cụ ký số" }).waitFor();
  await looked("not-opened");
});

step("what the tool can do is tried once on the page of one's ways of signing", async () => {
  await startTool("ct.tanmau");
  await toolSignsDigests(false);
  await page.goto("/account/signing");
  await looked("trial");
  await page.locator("[data-tool-try]").click();
  await page.locator("#cong-cu").getByText("Công cụ không ký được mã băm").waitFor();
  assert.deepEqual(opened, ["/SignMsg"]);
  await looked("tried");
});

step("the signer says no in the tool, and nothing is signed", async () => {
  toolDoes("refuse");
  await page.goto(letter);
  // The choice is remembered.
  assert.ok(await card().locator("input[value=tool]").isChecked());
  await start();
  await card().getByText("Người dùng đã hủy thao tác ký").waitFor();
  assert.equal(opened.at(-1), "/SignApproved");
  await looked("refused");
});

step("a socket that is lost is no end: the page waits for the file, and it comes", async () => {
  toolDoes("lose");
  await start();
  await card().getByText("tệp đã ký có thể đang được gửi về").waitFor();
  await looked("lost");
  await bringNow();
  await page.locator(".problem.ok", { hasText: "Đã ký số" }).waitFor({ timeout: 30_000 });
  await looked("signed");
});

step("what the signer gives up is not signed by a file that comes later", async () => {
  letter = await letterToSign("thôi ký bằng công cụ");
  await page.goto(letter);
  await start();
  await card().getByText("tệp đã ký có thể đang được gửi về").waitFor();
  await card().locator("[data-give-up]").click();
  await card().getByRole("heading", { name: "Đồng chí đã thôi ký." }).waitFor();
  await bringNow();
  await page.reload();
  await card().locator("[data-sign-start]").waitFor();
  await looked("given-up");
});

step("the tool signs, and the document moves on", async () => {
  toolDoes("sign");
  await start();
  await page.locator(".problem.ok", { hasText: "Đã ký số" }).waitFor({ timeout: 30_000 });
});

step("a tool that signs digests is given no file", async () => {
  await toolSignsDigests(true);
  await page.goto("/account/signing");
  await page.locator("[data-tool-try]").click();
  await page.locator("#cong-cu").getByText("Công cụ ký được mã băm").waitFor();
  letter = await letterToSign("ký mã băm bằng công cụ");
  await page.goto(letter);
  opened.length = 0;
  await start();
  await page.locator(".problem.ok", { hasText: "Đã ký số" }).waitFor({ timeout: 30_000 });
  assert.deepEqual(opened, ["/SignMsg"]);
  await stopTool();
});
