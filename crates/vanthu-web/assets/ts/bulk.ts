/** Picking rows of a list: the head's box takes this page only; Shift takes a range; the bar says how many. */
import { all, say } from "./dom.ts";
import { t } from "./texts.ts";

function boxes(form: HTMLElement): HTMLInputElement[] {
  return all<HTMLInputElement>("[data-row] input[type=checkbox]", form);
}

function show(form: HTMLElement): void {
  const list = boxes(form);
  const picked = list.filter((box) => box.checked).length;
  const head = form.querySelector<HTMLInputElement>("[data-pick-all]");
  if (head) {
    head.checked = picked > 0 && picked === list.length;
    head.indeterminate = picked > 0 && picked < list.length;
  }
  for (const box of list) box.closest("[data-row]")?.classList.toggle("picked", box.checked);
  const count = form.querySelector("[data-picked]");
  if (count) count.textContent = picked > 0 ? t("Đã chọn {n}", { n: picked }) : t("Chưa chọn dòng nào");
}

function guard(event: SubmitEvent): void {
  const form = event.target as HTMLElement;
  if (event.submitter?.hasAttribute("data-any")) return; // the whole list
  if (!form.matches("[data-bulk]") || boxes(form).some((box) => box.checked)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(t("Chọn ít nhất một dòng trước đã."));
  const count = form.querySelector("[data-picked]");
  if (count) count.textContent = t("Chọn ít nhất một dòng trước đã.");
  boxes(form)[0]?.focus();
}

/** A click on a part of the row that is not under its link (numbers can be selected and copied) opens it too. */
function openRow(event: MouseEvent): void {
  const target = event.target as Element;
  const row = target.closest("[data-row]");
  if (!row || target.closest("a, button, input, label, summary, select, textarea") || String(getSelection()) !== "") return;
  row.querySelector<HTMLAnchorElement>(".row-link")?.click();
}

/** The box that was clicked last, from which Shift takes a range. */
let last: HTMLInputElement | undefined;

function pick(event: MouseEvent): void {
  const box = event.target;
  const form = box instanceof HTMLInputElement && box.type === "checkbox" ? box.closest<HTMLElement>("[data-bulk]") : null;
  if (!form || !(box instanceof HTMLInputElement)) return;
  const list = boxes(form);
  if (box.matches("[data-pick-all]")) {
    for (const one of list) one.checked = box.checked;
  } else if (last && event.shiftKey && list.includes(last)) {
    const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b) as [number, number];
    for (const one of list.slice(from, to + 1)) one.checked = box.checked;
  }
  if (list.includes(box)) last = box;
  show(form);
}

/** Lists come anew while the page stays: everything listens at the document. */
export function startBulk(): void {
  document.addEventListener("click", openRow);
  document.addEventListener("click", pick);
  document.addEventListener("submit", guard);
  const showAll = () => all("[data-bulk]").forEach(show);
  document.addEventListener("live:replaced", showAll);
  // A page that the browser brings back keeps its ticks.
  addEventListener("pageshow", showAll);
  showAll();
}
