/** Signing with the government's tool: the page carries frames between our server and the tool on this machine, and asks
 *  our server what became of it. */
import { el, icon, pause } from "./dom.ts";
import { asProblem, postJson, problemOf, request } from "./http.ts";
import { Ended, Lines, nextChange, problem, sayOpened, sayOpening, type Item, type Opening, type Progress } from "./sign-parts.ts";
import { t } from "./texts.ts";
import { connect, rememberedTrial, tryTool, type Connection, type Errand } from "./tool.ts";

interface Order {
  purpose: string;
  documents: string[];
}

interface Opened extends Opening {
  signing_id: string;
  tool: "digest" | "whole-file";
}

interface Turn extends Errand {
  flow: "digest" | "whole-file";
  deadline: string;
}

const NOT_OPENED = () =>
  problem(
    "tool-not-opened",
    t("Không mở được công cụ ký số của Ban Cơ yếu trên máy này."),
    t("Công cụ chưa chạy, máy chưa cài, hoặc trình duyệt chưa tin chứng thư của công cụ. Văn bản chưa có gì thay đổi."),
    t("Mở VGCA Sign Service, cắm thiết bị, rồi bấm “Thử lại”; hoặc chọn cách ký khác."),
  );

/** Opens a session and lets the tool sign each of its files. */
export async function signTool(panel: HTMLElement, lines: Lines, order: Order): Promise<string> {
  try {
    const trial = await trialOf(panel.dataset["account"] ?? "", lines);
    sayOpening(lines, order.documents.length);
    const opened = await postJson<Opened>("/api/v1/signing-sessions", { ...order, consent: "person", means: "tool", ...(trial ? { trial } : {}) });
    sayOpened(lines, order.documents.length, opened);
    return await new Signing(panel, lines, opened, order.documents.length).run();
  } catch (error) {
    lines.fail();
    throw error;
  }
}

/** What this browser knows of the tool; tried once where it knows nothing. */
async function trialOf(account: string, lines: Lines): Promise<string> {
  const known = rememberedTrial(account);
  if (known) return known;
  lines.start(t("Thử công cụ ký một lần trên trình duyệt này; nhập mã PIN nếu công cụ hỏi (không ký văn bản nào)…"), "for-a-person");
  const { outcome, support } = await tryTool(account);
  if (outcome.kind === "never-opened") throw new Ended(NOT_OPENED());
  lines.finish(support === "works" ? t("Công cụ ký được mã băm: tệp không rời khỏi máy chủ") : t("Công cụ sẽ tải tệp về để ký"));
  return rememberedTrial(account);
}

class Signing {
  private readonly url: string;
  private readonly extra: HTMLElement;
  private connection: Connection | undefined;
  private told: Promise<unknown> = Promise.resolve();

  constructor(
    panel: HTMLElement,
    private readonly lines: Lines,
    private readonly opened: Opened,
    private readonly documents: number,
  ) {
    this.url = `/api/v1/signing-sessions/${encodeURIComponent(opened.signing_id)}`;
    this.extra = panel.querySelector<HTMLElement>("[data-sign-more]") ?? panel;
  }

  async run(): Promise<string> {
    try {
      let now = await this.progress();
      const all = now.items.filter((one) => one.state !== "skipped").length;
      for (;;) {
        const next = now.items.find((one) => one.state === "waiting");
        if (now.state !== "open" || !next?.item_id) return this.end(now, all);
        const done = now.items.filter((one) => one.state === "signed").length;
        now = await this.item(next.item_id, all > 1 ? ` (${done + 1}/${all})` : "");
      }
    } finally {
      this.connection?.close();
      this.extra.replaceChildren();
    }
  }

  /** One file: the tool is asked, and the server until it knows what became of it. */
  private async item(id: string, which: string): Promise<Progress> {
    const at = `${this.url}/items/${encodeURIComponent(id)}/tool`;
    const turn = await postJson<Turn>(at, {});
    const words = turn.flow === "digest" ? t("Chờ đồng chí chọn chứng thư, nhập mã PIN ở công cụ ký…") : t("Chờ đồng chí ký trong cửa sổ của công cụ ký…");
    this.lines.start(words + which, "for-a-person");
    this.offerToGiveUp();
    const tell = (event: string, frame?: string) => {
      // In the order in which it happened; what can't be told now, the server finds out by itself.
      this.told = this.told.then(() => request(`${at}/events`, { method: "POST", body: JSON.stringify({ event, ...(frame === undefined ? {} : { frame }) }), headers: { "content-type": "application/json" } })).catch(() => undefined);
    };
    this.connection = connect(turn, () => tell("opened"));
    void this.connection.ended.then((outcome) => {
      if (outcome.kind === "replied") tell("replied", outcome.frame);
      else tell("closed");
    });
    return this.follow(id, Date.parse(turn.deadline));
  }

  private async follow(id: string, ends: number): Promise<Progress> {
    let said = "";
    for (;;) {
      const now = await this.progress();
      const item = now.items.find((one) => one.item_id === id);
      if (now.state !== "open" || item?.state !== "waiting") return now;
      const tool = now.tool?.find((one) => one.item_id === id);
      const left = Math.max(0, Math.round((ends - Date.now()) / 60_000));
      const text =
        tool?.state === "uploaded"
          ? t("Máy chủ đang kiểm tra tệp đã ký…")
          : tool?.waits_after_close
            ? t("Công cụ đã đóng kết nối mà chưa báo kết quả; tệp đã ký có thể đang được gửi về. Còn chờ khoảng {n} phút…", { n: left })
            : tool?.state === "fetched"
              ? t("Công cụ đã tải văn bản; chờ tệp đã ký gửi về…")
              : "";
      if (text && text !== said) this.lines.note((said = text));
      await Promise.race([pause(1000), nextChange(`signing:${this.opened.signing_id}`)]);
    }
  }

  /** Where the session stands; a server that does not answer is asked again for a while. */
  private async progress(): Promise<Progress> {
    for (let failures = 0; ; failures += 1) {
      try {
        return (await (await request(this.url)).json()) as Progress;
      } catch (error) {
        if (asProblem(error).status !== 0 || failures > 20) throw error;
        this.lines.note(t("Mất kết nối với máy chủ, đang hỏi lại…"));
        await pause(1500);
      }
    }
  }

  private offerToGiveUp(): void {
    const button = el("button", { class: "btn tight", type: "button", "data-give-up": true }, icon("close"), t("Thôi ký"));
    button.addEventListener("click", () => {
      button.setAttribute("disabled", "");
      const init = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
      void request(`${this.url}/cancel`, init).then(
        () => this.connection?.close(),
        () => button.removeAttribute("disabled"),
      );
    });
    this.extra.replaceChildren(button);
  }

  private end(now: Progress, all: number): string {
    if (now.state === "signed") {
      this.lines.finish(all > 1 ? t("Đã ký xong {n} văn bản", { n: all }) : t("Đã ký xong"));
      return now.next ?? "";
    }
    // Several documents: what became of each stands on a page of its own.
    if (this.documents > 1 && now.next) return now.next;
    throw new Ended(endOf(now, now.items));
  }
}

function endOf(now: Progress, items: Item[]) {
  const told = items.find((one) => one.problem)?.problem ?? now.problem;
  const end =
    now.state === "cancelled"
      ? problem("given-up", t("Đồng chí đã thôi ký."), t("Không chữ ký nào được đưa vào văn bản."), t("Khi sẵn sàng, bấm “{sign}” lần nữa.", { sign: t("Ký số") }))
      : told
        ? problemOf(409, told)
        : problem("tool-timed-out", t("Công cụ ký số của Ban Cơ yếu không trả văn bản kịp thời gian."), t("Tệp đến sau sẽ không được nhận; văn bản giữ nguyên."), t("Ký lại; chọn chứng thư, nhập mã PIN trong vài phút kể từ khi bấm ký."));
  end.status = 200;
  const signed = items.filter((one) => one.state === "signed").length;
  if (signed > 0) end.detail = `${t("Đã ký được {signed} trên {all} văn bản.", { signed, all: items.length })} ${end.detail ?? ""}`;
  return end;
}
