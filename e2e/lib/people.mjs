// People of the practice province in front of their browsers.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { leadToAgent, PASSWORD, PIN, said, site } from "./site.mjs";

/** Where pictures go; the folder is not part of the repository. */
export const artefacts = fileURLToPath(new URL("../artefacts/", import.meta.url));
const PATIENCE = 15_000;
const desks = new Map();

/** A browser of its own, nobody signed in. */
export async function stranger(options = {}) {
  const context = await site.browser.newContext({ baseURL: site.base, viewport: { width: 1440, height: 900 }, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(PATIENCE);
  await leadToAgent(context);
  return context;
}

/** Signs in by the form. */
export async function signIn(context, login) {
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Tên tài khoản", { exact: true }).fill(login);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await page.getByRole("heading", { name: "Bàn làm việc" }).waitFor();
  return page;
}

/** The page of a person's own browser, signed in once for the whole run. */
export async function desk(login) {
  if (!desks.has(login)) {
    const context = await stranger();
    desks.set(login, await signIn(context, login));
  }
  return desks.get(login);
}

/** Another tab in the same browser. */
export async function tab(login, path) {
  const page = await (await desk(login)).context().newPage();
  await page.goto(path);
  return page;
}

/** The same person at another screen: width, theme. */
export async function screen(login, options) {
  const state = await (await desk(login)).context().storageState();
  return stranger({ storageState: state, ...options });
}

/** The person opens the document and stays on its page. */
export async function opened(login, path) {
  const page = await desk(login);
  await page.goto(path);
  return page;
}

/** Presses what starts signing, and answers in the window of the agent. `how` gets that window. */
export async function consent(page, how = agree) {
  const popup = page.waitForEvent("popup");
  await page.locator("[data-sign-start]").click();
  const window = await popup;
  await window.getByLabel("Mã PIN của thiết bị lưu khóa").waitFor();
  await how(window);
}

/** A person reads, types the PIN and agrees. */
export async function agree(window) {
  await window.getByLabel("Mã PIN của thiết bị lưu khóa").fill(PIN);
  await window.getByRole("button", { name: "Ký", exact: true }).click();
}

export async function picture(page, name, options = {}) {
  await mkdir(artefacts, { recursive: true });
  await page.screenshot({ path: `${artefacts}${name}.png`, ...options });
}

async function leaveTraces(name) {
  const slug = name.normalize("NFD").replace(/[^a-zA-Z0-9]+/g, "-").slice(0, 60);
  for (const [login, page] of desks) {
    await page.screenshot({ path: `${artefacts}failed-${slug}-${login}.png`, timeout: 5000 }).catch(() => undefined);
  }
  await writeFile(`${artefacts}failed-${slug}.log`, said()).catch(() => undefined);
}

/** Steps that build on each other: after the first that fails, the rest do not wait in vain. */
export function story(title) {
  let broken = "";
  return (name, body) =>
    test(`${title}: ${name}`, { timeout: 90_000 }, async (t) => {
      if (broken) return t.skip(`follows the failure of “${broken}”`);
      try {
        await body(t);
      } catch (error) {
        broken = name;
        await leaveTraces(name);
        throw error;
      }
    });
}
