/** The draft editor: saves itself, never overwrites another tab's text, shows the typeset pages as one writes.
 *  Markup and attributes: `templates/parts/editor.html`. */
import { all, clockTime, el, icon, say } from "./dom.ts";
import { asProblem, problemBox, request, type Problem } from "./http.ts";
import { startPickers } from "./picker.ts";
import { t } from "./texts.ts";

interface Saved {
  version: number | string;
  saved_at?: string;
}

interface PreviewPage {
  src: string;
  width: number;
  height: number;
}

interface Preview {
  pages: PreviewPage[];
  problems?: { title: string; detail?: string; article?: string; action?: string }[];
  findings?: Finding[];
}

/** Something in the typed text that looks wrong, by its line. */
interface Finding {
  line: number;
  text: string;
}

const SAVE_AFTER = 1500;
const PREVIEW_AFTER = 300;

class Editor {
  private readonly version: HTMLInputElement;
  private saving = false;
  private dirty = false;
  private conflict = false;
  private saveTimer = 0;
  private previewTimer = 0;
  private preview: AbortController | undefined;
  private readonly backup: string;

  constructor(private readonly form: HTMLFormElement) {
    this.version = form.elements.namedItem("version") as HTMLInputElement;
    this.backup = `draft:${form.dataset["save"] ?? location.pathname}`;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("focusout", () => void this.save());
    form.addEventListener("submit", (event) => this.submit(event));
    addEventListener("beforeunload", (event) => {
      if (this.dirty && !form.dataset["sent"]) event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      void this.save();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.save();
    });
    this.offerBackup();
    this.schedulePreview();
  }

  private changed(): void {
    this.dirty = true;
    sessionStorage.setItem(this.backup, this.body().value);
    clearTimeout(this.saveTimer);
    if (!this.conflict) this.saveTimer = window.setTimeout(() => void this.save(), SAVE_AFTER);
    if (!this.conflict && !this.saving) this.state(t("Chưa lưu"));
    this.schedulePreview();
  }

  private body(): HTMLTextAreaElement {
    return this.form.querySelector<HTMLTextAreaElement>("textarea[data-body]") ?? document.createElement("textarea");
  }

  private data(): URLSearchParams {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string") data.append(name, value);
    return data;
  }

  /** What the state of saving is, in words. */
  private state(text: string, mark: "spin" | "check" | "bad" | "" = ""): void {
    for (const place of all("[data-saved]", this.form)) {
      if (place.textContent === text) continue; // said once, not at every key
      place.classList.toggle("bad", mark === "bad");
      place.replaceChildren(...(mark === "spin" ? [el("span", { class: "spin" })] : mark ? [icon(mark)] : []), text);
    }
  }

  async save(): Promise<boolean> {
    clearTimeout(this.saveTimer);
    if (!this.dirty || this.saving || this.conflict) return !this.dirty;
    this.saving = true;
    this.dirty = false;
    this.state(t("Đang lưu…"), "spin");
    let again = SAVE_AFTER; // when something was typed meanwhile, or the server was away
    try {
      const response = await request(this.form.dataset["save"] ?? this.form.action, { method: "POST", body: this.data() });
      const saved = (await response.json()) as Saved;
      this.version.value = String(saved.version);
      if (!this.dirty) {
        sessionStorage.removeItem(this.backup);
        this.state(t("Đã lưu lúc {time}", { time: saved.saved_at ?? clockTime() }), "check");
      }
      return true;
    } catch (error) {
      this.dirty = true;
      const problem = asProblem(error);
      if (problem.status === 409) this.showConflict(problem);
      else if (problem.status === 0 || problem.status >= 500) {
        this.state(t("Chưa lưu được: {why} Thử lại sau 10 giây.", { why: problem.title }), "bad");
        again = 10_000;
      } else {
        again = 0; // the same text would be refused again
        this.state(t("Chưa lưu: {why}", { why: problem.title }), "bad");
        this.problems(problem);
      }
      return false;
    } finally {
      this.saving = false;
      if (this.dirty && !this.conflict && again > 0) {
        clearTimeout(this.saveTimer);
        this.saveTimer = window.setTimeout(() => void this.save(), again);
      }
    }
  }

  private problems(...list: Problem[]): void {
    this.form.querySelector("[data-editor-problems]")?.replaceChildren(...list.map((one) => problemBox(one)));
  }

  /** Somebody (or another tab) saved in between: both texts stay in sight, the person chooses. */
  private showConflict(problem: Problem): void {
    this.conflict = true;
    this.state(t("Chưa lưu: bản trên máy chủ đã khác"), "bad");
    const theirs = typeof problem.more["current_body"] === "string" ? (problem.more["current_body"] as string) : "";
    const version = String(problem.more["current_version"] ?? this.version.value);
    const who = typeof problem.more["current_by"] === "string" ? (problem.more["current_by"] as string) : t("một cửa sổ khác");
    const mine = this.body().value;
    const myField = el("textarea", { id: "conflict-mine" });
    const theirField = el("textarea", { id: "conflict-theirs", readonly: true });
    myField.value = mine;
    theirField.value = theirs;
    const settle = (text: string) => {
      this.body().value = text;
      this.version.value = version;
      this.conflict = false;
      this.problems();
      this.changed();
      void this.save();
      this.body().focus();
    };
    const box = problemBox(
      { ...problem, title: t("Bản nháp này vừa được sửa ở nơi khác ({who}).", { who }), detail: t("Cả hai bản còn nguyên dưới đây. Chưa có gì bị ghi đè."), action: t("Chọn bản để giữ; có thể chép đoạn cần thiết sang bản của bạn trước.") },
      el("button", { class: "btn primary", type: "button", click: () => settle(myField.value) }, t("Giữ bản của tôi")),
      el("button", { class: "btn", type: "button", click: () => settle(theirs) }, t("Lấy bản trên máy chủ")),
    );
    box.insertBefore(
      el("div", { class: "versions" }, el("div", { class: "field" }, el("label", { for: "conflict-mine" }, t("Bản của tôi (sửa được)")), myField), el("div", { class: "field" }, el("label", { for: "conflict-theirs" }, t("Bản trên máy chủ")), theirField)),
      box.lastElementChild,
    );
    const place = this.form.querySelector<HTMLElement>("[data-editor-problems]");
    place?.replaceChildren(box);
    place?.scrollIntoView({ block: "center" });
    myField.focus();
  }

  /** A text that never reached the server (the browser was closed, the network was gone) can be taken up again. */
  private offerBackup(): void {
    const kept = sessionStorage.getItem(this.backup);
    if (kept === null || kept === this.body().value) {
      sessionStorage.removeItem(this.backup);
      return;
    }
    const box = el("div", { class: "problem warn", role: "status" }, icon("history"), el("h3", {}, t("Có đoạn viết lần trước chưa kịp lưu.")));
    const take = () => {
      this.body().value = kept;
      box.remove();
      this.changed();
    };
    const drop = () => {
      sessionStorage.removeItem(this.backup);
      box.remove();
    };
    box.append(el("div", { class: "row" }, el("button", { class: "btn tight", type: "button", click: take }, t("Lấy lại đoạn đó")), el("button", { class: "btn tight plain", type: "button", click: drop }, t("Bỏ"))));
    this.form.querySelector("[data-editor-problems]")?.append(box);
  }

  /** Leaving the page by a button of this form: first what is written is saved. */
  private submit(event: SubmitEvent): void {
    if (!this.dirty && !this.saving) return;
    event.preventDefault();
    event.stopPropagation();
    const again = async () => {
      while (this.saving) await new Promise((resolve) => setTimeout(resolve, 50));
      if (await this.save()) this.form.requestSubmit(event.submitter as HTMLElement | null);
    };
    void again();
  }

  private schedulePreview(): void {
    if (!this.form.dataset["preview"]) return;
    clearTimeout(this.previewTimer);
    this.previewTimer = window.setTimeout(() => void this.showPreview(), PREVIEW_AFTER);
  }

  private async showPreview(): Promise<void> {
    const viewer = document.querySelector<HTMLElement>("[data-preview-pages]");
    if (!viewer) return;
    this.preview?.abort();
    const mine = (this.preview = new AbortController());
    const busy = viewer.closest<HTMLElement>("[data-viewer]");
    const state = document.querySelector("[data-preview-state]");
    const slow = window.setTimeout(() => {
      busy?.classList.add("stale");
      state?.replaceChildren(el("span", { class: "spin" }), ` ${t("Đang dàn trang…")}`);
    }, 400);
    try {
      const response = await request(this.form.dataset["preview"] ?? "", { method: "POST", body: this.data(), signal: mine.signal });
      const preview = (await response.json()) as Preview;
      const images = await Promise.all(preview.pages.map((page, at) => this.page(page, at + 1, preview.pages.length)));
      if (mine.signal.aborted) return;
      viewer.replaceChildren(...images);
      this.pageList(preview.pages.length);
      const issues = preview.problems ?? [];
      this.findings(preview.findings ?? []);
      state?.replaceChildren(t("{n} trang", { n: preview.pages.length }));
      document.querySelector("[data-preview-problems]")?.replaceChildren(...issues.map((one) => problemBox({ code: "layout", status: 422, more: {}, ...one })));
    } catch (error) {
      if (mine.signal.aborted) return;
      const problem = asProblem(error);
      state?.replaceChildren(t("Bản xem trước chưa cập nhật: {why}", { why: problem.title }));
      if (problem.status === 422) document.querySelector("[data-preview-problems]")?.replaceChildren(problemBox(problem));
    } finally {
      clearTimeout(slow);
      if (!mine.signal.aborted) busy?.classList.remove("stale");
    }
  }

  /** A page's picture, put on the screen only when it is decoded, so that nothing flickers. */
  private async page(page: PreviewPage, number: number, count: number): Promise<HTMLElement> {
    const image = el("img", { src: page.src, width: String(page.width), height: String(page.height), alt: t("Trang {number} trên {count} của bản xem trước", { number, count }) });
    await image.decode().catch(() => undefined);
    return el("figure", { class: "sheet-page", id: `trang-${number}` }, image);
  }

  /** What the parser noticed, under the text; pressing one goes to its line. */
  private findings(list: Finding[]): void {
    const place = this.form.querySelector<HTMLElement>("[data-findings]");
    if (!place) return;
    const item = (one: Finding) =>
      el("li", { class: "warn" }, icon("warn"), el("div", {}, el("button", { type: "button", class: "link", click: () => this.goToLine(one.line) }, t("Dòng {n}", { n: one.line })), ` ${one.text}`));
    place.replaceChildren(...(list.length > 0 ? [el("p", { class: "label" }, t("Cần xem lại {n} chỗ", { n: list.length })), el("ul", { class: "checks" }, ...list.map(item))] : []));
  }

  private goToLine(line: number): void {
    const field = this.body();
    const lines = field.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = Math.max(0, (field.scrollHeight * (line - 1)) / Math.max(1, lines.length) - field.clientHeight / 2);
  }

  private pageList(count: number): void {
    const list = document.querySelector("[data-preview-list]");
    list?.replaceChildren(...Array.from({ length: count }, (_, at) => el("li", {}, el("a", { href: `#trang-${at + 1}`, "aria-label": t("Trang {n}", { n: at + 1 }) }, String(at + 1)))));
  }
}

/** The letters of points in the order of the decree. */
const POINTS = ["a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "x", "y"];

/** Toolbar: `data-wrap="**"` round the selection, `data-line="- "` before each line (numbers and letters count on),
 *  `data-insert="…"` at the caret, `data-footnote` a mention here and its text at the end. Ctrl+B, Ctrl+I work too. */
function toolbar(bar: HTMLElement): void {
  const field = document.getElementById(bar.getAttribute("aria-controls") ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  const put = (text: string, from: number, to: number, pickFrom: number, pickTo: number) => {
    field.focus();
    field.setRangeText(text, from, to, "end");
    field.setSelectionRange(pickFrom, pickTo);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  bar.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("button");
    if (!button) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const picked = value.slice(from, to);
    const { wrap, line, insert } = button.dataset;
    if (wrap !== undefined) put(wrap + picked + wrap, from, to, from + wrap.length, to + wrap.length);
    if (insert !== undefined) put(insert.replace(/\\n/g, "\n"), from, to, from + insert.length, from + insert.length);
    if (line !== undefined) {
      const start = value.lastIndexOf("\n", from - 1) + 1;
      const mark = (at: number) => (line === "1. " ? `${at + 1}. ` : line === "a) " ? `${POINTS[at] ?? "y"}) ` : line);
      const text = value.slice(start, to).split("\n").map((one, at) => mark(at) + one).join("\n");
      put(text, start, to, start + text.length, start + text.length);
    }
    if (button.hasAttribute("data-footnote")) {
      const next = 1 + Math.max(0, ...[...value.matchAll(/\[\^(\d+)\]/g)].map((one) => Number(one[1])));
      const mention = `[^${next}]`;
      const text = `${value.slice(0, to)}${mention}${value.slice(to)}`.trimEnd() + `\n${mention}: `;
      put(text, 0, value.length, text.length, text.length);
    }
    say(button.getAttribute("aria-label") ?? "");
  });
  field.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const mark = { b: "**", i: "_" }[event.key.toLowerCase()];
    if (mark === undefined) return;
    event.preventDefault();
    bar.querySelector<HTMLElement>(`[data-wrap="${mark}"]`)?.click();
  });
}

startPickers();
for (const form of all<HTMLFormElement>("form[data-editor]")) new Editor(form);
for (const bar of all("[data-toolbar]")) toolbar(bar);
