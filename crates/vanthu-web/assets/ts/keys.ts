/** Keyboard: `?` lists this screen's keys, `/` searches, j k move, x picks, Enter opens; buttons and links
 *  name their own key in `data-key` (one key, or two after each other: "g d") and its words in `data-key-text`. */
import { all, el, icon, typing } from "./dom.ts";
import { t } from "./texts.ts";

const OFF = "keys-off";
let first = "";
let firstTimer = 0;

function isOff(): boolean {
  return localStorage.getItem(OFF) === "yes";
}

function rows(): HTMLElement[] {
  return all("[data-row]").filter((row) => row.offsetParent !== null || row.getClientRects().length > 0);
}

function currentRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-row]") ?? null;
}

function move(by: number): void {
  const list = rows();
  const at = list.indexOf(currentRow() ?? document.body);
  const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
  const link = next?.querySelector<HTMLElement>(".row-link, a, button");
  link?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(key: string): boolean {
  const wanted = first ? `${first} ${key}` : key;
  const target = all("[data-key]").find((one) => one.dataset["key"] === wanted && one.getClientRects().length > 0)
    ?? all("[data-key]").find((one) => one.dataset["key"] === wanted && one.closest(".side") !== null);
  first = "";
  if (target) {
    target.focus();
    target.click();
    return true;
  }
  if (all("[data-key]").some((one) => one.dataset["key"]?.startsWith(`${key} `))) {
    first = key;
    clearTimeout(firstTimer);
    firstTimer = window.setTimeout(() => (first = ""), 1200);
    return true;
  }
  return false;
}

function common(key: string): boolean {
  switch (key) {
    case "?":
      help();
      return true;
    case "/": {
      const field = document.querySelector<HTMLInputElement>("[data-search]");
      field?.focus();
      field?.select();
      return field !== null;
    }
    case "j":
      move(1);
      return true;
    case "k":
      move(-1);
      return true;
    case "x": {
      const box = currentRow()?.querySelector<HTMLInputElement>("input[type=checkbox]");
      box?.click();
      return box !== null && box !== undefined;
    }
    default:
      return false;
  }
}

/** The dialog that lists what works here, read from the page itself. */
function help(): void {
  document.getElementById("keys-help")?.remove();
  const listed: [string, string][] = [["?", t("Xem phím tắt của màn hình này")]];
  if (document.querySelector("[data-search]")) listed.push(["/", t("Tìm kiếm")]);
  if (rows().length > 0) listed.push(["j k", t("Xuống, lên một dòng")], ["Enter", t("Mở dòng đang chọn")]);
  if (document.querySelector("[data-row] input[type=checkbox]")) listed.push(["x", t("Chọn, bỏ chọn dòng")]);
  for (const one of all("[data-key]")) {
    const text = one.dataset["keyText"] ?? one.getAttribute("aria-label") ?? one.textContent?.trim() ?? "";
    const key = one.dataset["key"] ?? "";
    if (text && !listed.some(([other]) => other === key)) listed.push([key, text]);
  }
  const off = el("input", { type: "checkbox" });
  off.checked = isOff();
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "yes" : "no"));
  const dialog = el("dialog", { id: "keys-help", "aria-labelledby": "keys-title" });
  const close = el("button", { class: "btn plain square", type: "button", "aria-label": t("Đóng"), click: () => dialog.close() }, icon("close"));
  const body = el("tbody");
  for (const [key, text] of listed) {
    const cell = el("td");
    for (const part of key.split(" ")) cell.append(el("kbd", {}, part.length === 1 ? part.toUpperCase() : part), " ");
    body.append(el("tr", {}, cell, el("td", {}, text)));
  }
  dialog.append(
    el("header", {}, el("h2", { id: "keys-title", tabindex: "-1", autofocus: true }, t("Phím tắt của màn hình này")), close),
    el("div", { class: "in" }, el("table", { class: "keys" }, body), el("label", { class: "choice" }, off, t("Tắt các phím tắt một chữ trên máy này"))),
    el("footer", {}),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target instanceof HTMLInputElement && event.target.matches("[data-search]")) {
      event.target.blur();
      return;
    }
    if (event.key === "Shift" || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (isOff() && event.key !== "?") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.key.length !== 1) return;
    if (press(key) || common(key)) event.preventDefault();
  });
  for (const button of all("[data-keys-help]")) button.addEventListener("click", help);
}
