/** Dialogs, pull-down menus, toasts, busy forms: what HTML alone doesn't do yet. */
import { all, el, icon, say } from "./dom.ts";
import { t } from "./texts.ts";

/** `commandfor`/`command` for browsers that don't know them yet. */
function commands(event: Event): void {
  if ("commandForElement" in HTMLButtonElement.prototype) return;
  const button = (event.target as Element).closest<HTMLButtonElement>("button[commandfor]");
  const dialog = button && document.getElementById(button.getAttribute("commandfor") ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  if (button?.getAttribute("command") === "show-modal") dialog.showModal();
  else dialog.close();
}

function closeMenus(except?: Element | null): void {
  for (const menu of all<HTMLDetailsElement>("details.menu[open], details.why-not[open]")) {
    if (menu !== except && !(except && menu.contains(except))) menu.open = false;
  }
}

/** A form is sent once: its button says that work goes on; several presses don't send it again. */
function sendOnce(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method === "get" || form.target === "_blank") return;
  if (form.dataset["sent"]) {
    event.preventDefault();
    return;
  }
  form.dataset["sent"] = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => {
    if (event.submitter) event.submitter.prepend(el("span", { class: "spin" }));
    say(t("Đang thực hiện…"));
  }, 400);
}

/** Shows a message that goes after a while, but not while it is pointed at or focused. */
export function toast(text: string, tone: "ok" | "info" | "bad" = "ok", link?: { text: string; href: string }): void {
  const close = el("button", { class: "btn plain square", type: "button", "aria-label": t("Đóng thông báo") }, icon("close"));
  const box = el("div", { class: `toast ${tone}` }, icon(tone), el("div", {}, text, link ? " " : null, link ? el("a", { href: link.href }, link.text) : null), close);
  toastPlace().append(box);
  armToast(box);
}

function toastPlace(): HTMLElement {
  const place = document.querySelector<HTMLElement>(".toasts") ?? el("div", { class: "toasts", role: "status" });
  if (!place.isConnected) document.body.append(place);
  return place;
}

function armToast(box: HTMLElement): void {
  box.querySelector("button")?.addEventListener("click", () => box.remove());
  let left = 12;
  const timer = setInterval(() => {
    if (box.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left > 0 && box.isConnected) return;
    clearInterval(timer);
    box.remove();
  }, 1000);
}

/** “còn 120 ký tự” under fields with a limit. */
function counters(): void {
  for (const field of all<HTMLTextAreaElement>("textarea[maxlength][data-count]")) {
    const place = document.getElementById(field.dataset["count"] ?? "");
    const show = () => {
      if (place) place.textContent = t("còn {n} ký tự", { n: field.maxLength - field.value.length });
    };
    field.addEventListener("input", show);
    show();
  }
}

/** Light, dark, or as the system says; kept in a cookie that the server reads. */
function themes(): void {
  for (const button of all<HTMLButtonElement>("[data-theme-choice]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const theme = button.dataset["themeChoice"] ?? "";
      document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
      if (theme) document.documentElement.dataset["theme"] = theme;
      else delete document.documentElement.dataset["theme"];
      for (const other of all("[data-theme-choice]")) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}

export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    commands(event);
    closeMenus((event.target as Element).closest("details.menu, details.why-not"));
    if (event.target instanceof HTMLDialogElement && !event.target.hasAttribute("data-stay")) event.target.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.activeElement?.closest<HTMLDetailsElement>("details.menu[open], details.why-not[open]");
    closeMenus();
    open?.querySelector("summary")?.focus();
  });
  document.addEventListener("submit", sendOnce);
  addEventListener("pageshow", () => {
    for (const form of all<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset["sent"];
      for (const button of all("[aria-busy]", form)) button.removeAttribute("aria-busy");
      for (const spin of all(".spin", form)) spin.remove();
    }
  });
  for (const box of all(".toasts > .toast")) armToast(box);
  for (const dialog of all<HTMLDialogElement>("dialog[data-open]")) dialog.showModal();
  counters();
  themes();
}
