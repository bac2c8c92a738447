/** What every way of signing shows: the lines of what is being done, the ends, the progress of a session. */
import { el, icon, say } from "./dom.ts";
import type { Problem } from "./http.ts";
import { t } from "./texts.ts";

export interface Item {
  item_id?: string;
  document?: string;
  title?: string;
  state: string;
  problem?: unknown;
}

/** Where a service that holds the key stands. */
export interface ServiceProgress {
  name: string;
  verification_code: string;
  deadline: string;
  asked: boolean;
  page?: string;
  ending?: string;
  certainty?: string;
  said?: string;
  open_question: boolean;
}

/** Where an item stands with the government's tool. */
export interface ToolProgress {
  item_id: string;
  flow: "digest" | "whole-file";
  state: "waiting" | "created" | "fetched" | "uploaded" | "applied" | "ended";
  opened: boolean;
  waits_after_close: boolean;
  said?: string;
}

export interface Progress {
  state: "open" | "signed" | "partly" | "cancelled" | "expired" | "failed";
  reason?: string;
  problem?: unknown;
  service?: ServiceProgress;
  tool?: ToolProgress[];
  items: Item[];
  /** Where to go when all is signed. */
  next?: string;
}

/** What the server tells about a session that it opened. */
export interface Opening {
  left_out?: { document: string; problem?: unknown }[];
  not_determined?: boolean;
}

/** Why the flow ended before everything was signed. */
export class Ended extends Error {
  constructor(
    readonly problem: Problem,
    /** What the person can do about it, beside trying again. */
    readonly actions: Node[] = [],
  ) {
    super(problem.title);
  }
}

export function problem(code: string, title: string, detail: string, action: string): Problem {
  return { code, status: 0, title, detail, action, more: {} };
}

/** The list of what is being done, in words; each line is spoken once. */
export class Lines {
  private current: HTMLElement | undefined;
  private slowTimer = 0;
  private said = "";
  constructor(private readonly place: HTMLElement) {
    place.replaceChildren();
    place.hidden = false;
  }

  /** What waits for a person says for itself how long; everything else says after five seconds that it takes long. */
  start(text: string, waits: "for-a-person" | "for-a-machine" = "for-a-machine"): void {
    this.finish();
    this.current = el("p", { class: "sign-line" }, el("span", { class: "spin" }), el("span", {}, text));
    this.place.append(this.current);
    this.said = text;
    say(text);
    if (waits === "for-a-machine") this.slowTimer = window.setTimeout(() => this.note(t("{text} (lâu hơn thường lệ, xin chờ thêm)", { text })), 5000);
  }

  note(text: string): void {
    const words = this.current?.querySelector("span:last-child");
    if (!words || this.said === text) return;
    this.said = text;
    words.textContent = text;
    say(text);
  }

  finish(text?: string): void {
    clearTimeout(this.slowTimer);
    if (text) this.note(text);
    this.current?.querySelector(".spin")?.replaceWith(icon("check"));
    this.current = undefined;
  }

  fail(): void {
    clearTimeout(this.slowTimer);
    this.current?.querySelector(".spin")?.replaceWith(icon("bad"));
    this.current?.classList.add("bad");
    this.current = undefined;
  }
}

/** Says what the server is asked for. */
export function sayOpening(lines: Lines, count: number): void {
  lines.start(count === 1 ? t("Máy chủ kiểm tra chứng thư và chuẩn bị văn bản…") : t("Máy chủ kiểm tra chứng thư và chuẩn bị {n} văn bản…", { n: count }));
}

/** Says what is ready to be signed, and what is not. */
export function sayOpened(lines: Lines, count: number, session: Opening): void {
  const left = session.left_out?.length ?? 0;
  lines.finish(left > 0 ? t("{n} văn bản đã sẵn sàng; {m} văn bản không ký được lúc này", { n: count - left, m: left }) : t("Văn bản đã sẵn sàng để ký"));
  if (session.not_determined) {
    lines.start(t("Chưa xác định được tình trạng chứng thư; quy chế cho ký kèm cảnh báo."));
    lines.finish();
  }
}

/** The next live event about a subject. */
export function nextChange(subject: string): Promise<void> {
  return new Promise((resolve) => {
    const listen = (event: Event) => {
      if (!(event as CustomEvent<{ subjects: string[] }>).detail.subjects.includes(subject)) return;
      document.removeEventListener("live:change", listen);
      resolve();
    };
    document.addEventListener("live:change", listen);
  });
}
