// A service that holds a person's key, played beside the site by a program of the tests.
import { join } from "node:path";
import { readdir } from "node:fs/promises";
import { desk } from "./people.mjs";
import { PIN, playService, site } from "./site.mjs";

/** How the service knows the holder. */
export const HOLDER = "079099001234";

/** The service with the key of this person's agent. */
export async function startService(login) {
  const keys = join(site.folder, "agent", "keys");
  const names = (await readdir(keys)).filter((name) => name.endsWith(".p12") && name.startsWith(login));
  await playService([join(keys, names[0] ?? `${login}.p12`), PIN, HOLDER, site.base]);
}

/** What the holder does when the telephone asks. */
export async function holderDoes(decision) {
  await fetch(`${site.service}/control`, { method: "POST", body: JSON.stringify({ decision, after: 2 }) });
}

/** Asks the server as a page of this person would. */
export async function ask(login, method, path, body) {
  const page = await desk(login);
  return page.evaluate(
    async ([how, url, said]) => {
      const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "";
      const headers = { "content-type": "application/json", "x-csrf-token": token };
      const answer = await fetch(url, { method: how, headers, ...(said ? { body: JSON.stringify(said) } : {}) });
      if (!answer.ok) throw new Error(`${how} ${url}: ${answer.status} ${await answer.text()}`);
      const text = await answer.text();
      return text ? JSON.parse(text) : null;
    },
    [method, path, body],
  );
}

/** The address of a letter of the commune that waits for the chairman's signature. */
export async function letterToSign(subject) {
  const begun = await ask("cv.vhxh", "POST", "/api/v1/outgoing", { kind: "official-letter" });
  const address = `/api/v1/outgoing/${begun.outgoing_id}`;
  const choices = await ask("cv.vhxh", "GET", "/api/v1/outgoing/choices");
  // The chairman signs in the own right: "TM. …, CHỦ TỊCH"; deputies have a line more.
  const signer = choices.signers.find((one) => one.lines.length === 2);
  await ask("cv.vhxh", "PUT", address, {
    version: 1,
    kind: "official-letter",
    subject,
    recipients: [choices.agencies[0].agency_id],
    recipients_text: ["Như trên", "Lưu: VT, VHXH"],
    body: "Ủy ban nhân dân xã Tân Mẫu đề nghị quý Sở hướng dẫn việc ký số văn bản.",
    authority_id: signer.authority_id,
  });
  await ask("cv.vhxh", "POST", `${address}/submit`, {});
  await ask("tp.vhxh", "POST", `${address}/approve`, {});
  return `/outgoing/${begun.outgoing_id}`;
}
