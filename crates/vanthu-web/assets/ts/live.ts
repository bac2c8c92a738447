/** What changes on the server changes on the screen. `/events` names subjects ("outgoing:out_01J…", "tiles");
 *  every element whose `data-live` names one fetches itself again from `data-live-src`. */
import { all, el, icon, meta, say } from "./dom.ts";
import { toast } from "./dialog.ts";
import { t } from "./texts.ts";

/** One event: what changed, and perhaps a sentence for the person. */
export interface Change {
  subjects: string[];
  text?: string;
  href?: string;
}

const waiting = new Map<string, number>();

function subjectsOf(element: HTMLElement): string[] {
  return (element.dataset["live"] ?? "").split(/\s+/);
}

/** Something the person is working in is not pulled away; it is marked, and fetched when they leave it. */
function inUse(element: HTMLElement): boolean {
  const active = document.activeElement;
  if (active instanceof HTMLElement && element.contains(active) && active.matches("input, textarea, select")) return true;
  return element.querySelector("dialog[open], details[open], input:checked") !== null;
}

async function fetchAgain(source: string): Promise<void> {
  let markup: string;
  try {
    const response = await fetch(source, { credentials: "same-origin", headers: { accept: "text/html", "x-fragment": "1" } });
    if (!response.ok || response.redirected) return;
    markup = await response.text();
  } catch {
    return;
  }
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  for (const old of all(`[data-live-src="${CSS.escape(source)}"]`)) {
    if (inUse(old)) {
      old.addEventListener("focusout", () => schedule(source), { once: true });
      continue;
    }
    const fresh = (old.id ? parsed.getElementById(old.id) : null) ?? parsed.querySelector<HTMLElement>("[data-live-src]");
    if (!fresh || fresh.outerHTML === old.outerHTML) continue;
    const focused = document.activeElement instanceof HTMLElement && old.contains(document.activeElement) ? document.activeElement : null;
    const again = focused?.id ? `#${CSS.escape(focused.id)}` : focused?.getAttribute("href") ? `[href="${CSS.escape(focused.getAttribute("href") ?? "")}"]` : null;
    const adopted = document.importNode(fresh, true);
    old.replaceWith(adopted);
    if (again) adopted.querySelector<HTMLElement>(again)?.focus();
    if (adopted.dataset["liveSay"]) say(adopted.dataset["liveSay"]);
    document.dispatchEvent(new CustomEvent("live:replaced", { detail: adopted }));
  }
}

function schedule(source: string): void {
  clearTimeout(waiting.get(source));
  waiting.set(source, window.setTimeout(() => void fetchAgain(source), 150));
}

function apply(change: Change): void {
  const named = new Set(change.subjects);
  for (const element of all("[data-live][data-live-src]")) {
    if (subjectsOf(element).some((subject) => named.has(subject))) schedule(element.dataset["liveSrc"] ?? "");
  }
  if (change.text) toast(change.text, "info", change.href ? { text: t("Mở"), href: change.href } : undefined);
  document.dispatchEvent(new CustomEvent<Change>("live:change", { detail: change }));
}

function read(data: string): Change | undefined {
  try {
    const parsed = JSON.parse(data) as Partial<Change>;
    return Array.isArray(parsed.subjects) ? { ...parsed, subjects: parsed.subjects } : undefined;
  } catch {
    return undefined;
  }
}

/** Tells in words, after a while, that the page no longer hears of changes. */
function offlineNote(): { lost(): void; back(): void } {
  let timer = 0;
  let note: HTMLElement | undefined;
  return {
    lost() {
      timer ||= window.setTimeout(() => {
        note = el("div", { class: "pill warn offline", role: "status" }, icon("warn"), t("Mất kết nối với máy chủ, đang nối lại…"));
        document.body.append(note);
      }, 5000);
    },
    back() {
      clearTimeout(timer);
      timer = 0;
      if (!note) return;
      note.remove();
      note = undefined;
      for (const element of all("[data-live-src]")) schedule(element.dataset["liveSrc"] ?? "");
    },
  };
}

export function startLive(): void {
  if (!meta("events-from") && !document.querySelector("[data-live-src]")) return;
  const note = offlineNote();
  let last = meta("events-from");
  let source: EventSource | undefined;
  let retry = 1000;
  const open = () => {
    // The browser sends Last-Event-ID when it reconnects by itself; `after` says where this page stood at first.
    source = new EventSource(last ? `/events?after=${encodeURIComponent(last)}` : "/events");
    source.addEventListener("change", (event: MessageEvent<string>) => {
      if (event.lastEventId) last = event.lastEventId;
      const change = read(event.data);
      if (change) apply(change);
    });
    source.addEventListener("open", () => {
      retry = 1000;
      note.back();
    });
    source.addEventListener("error", () => {
      note.lost();
      if (source?.readyState !== EventSource.CLOSED) return;
      source = undefined;
      setTimeout(open, retry);
      retry = Math.min(retry * 2, 30_000);
    });
  };
  open();
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
}
