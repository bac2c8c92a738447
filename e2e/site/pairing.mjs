// A signing machine is paired from the account's page: both sides show one code, and the person confirms at the machine.
import assert from "node:assert/strict";
import { opened, picture, story } from "../lib/people.mjs";

const pairing = story("pairing a signing machine");
pairing("both windows show the same six digits; confirmed at the machine it stands on both sides, and goes on one", async () => {
  const page = await opened("pct.tanmau", "/account/agents");
  await page.getByText("Chưa ghép máy nào.").waitFor();
  const [machine] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "Ghép máy ký này" }).click()]);
  const here = page.locator("[data-pair-code] output");
  await here.waitFor();
  await machine.locator("output").waitFor();
  const code = await here.innerText();
  assert.match(code, /^\d{3} \d{3}$/);
  assert.equal(await machine.locator("output").innerText(), code);
  await machine.getByText("pct.tanmau").waitFor();
  await picture(machine, "pairing-code");
  await machine.getByRole("button", { name: "Hai mã giống nhau, ghép" }).click();
  await machine.getByRole("heading", { name: "Đã ghép" }).waitFor();
  const off = page.getByRole("button", { name: /^Bỏ ghép/ });
  await off.waitFor();
  await machine.getByRole("link", { name: "Kiểm tra máy ký" }).click();
  await machine.getByRole("button", { name: "Kiểm tra ngay" }).click();
  await machine.getByText(/^VT-[0-9A-F]{4}-[0-9A-F]{4}\//).waitFor();
  await picture(machine, "check");
  await page.reload();
  await off.click();
  await page.getByText("Chưa ghép máy nào.").waitFor();
  await machine.close();
});

const officer = story("the IT officer and the machines");
officer("a paired machine is listed with its last check, and found by its person", async () => {
  const person = await opened("ct.tanmau", "/account/agents");
  const [machine] = await Promise.all([person.context().waitForEvent("page"), person.getByRole("button", { name: "Ghép máy ký này" }).click()]);
  await machine.getByRole("button", { name: "Hai mã giống nhau, ghép" }).click();
  await machine.getByRole("heading", { name: "Đã ghép" }).waitFor();
  const page = await opened("qt.tanmau", "/admin/agents");
  await page.getByText("ct.tanmau").waitFor();
  await page.getByRole("searchbox", { name: /^Tìm theo tên người/ }).fill("khong-co-ai");
  await page.getByRole("button", { name: "Tìm", exact: true }).click();
  await page.getByText("Không có máy ký nào ở đây").waitFor();
  await picture(page, "machines-none");
  await machine.close();
});
