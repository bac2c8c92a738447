/** Signing with a key that a service holds: the page shows the four digits and the time left, the holder agrees on the
 *  own device or on the service's page. No PIN and no one-time code passes through here. */
import { all, el, icon, pause } from "./dom.ts";
import { asProblem, postJson, problemOf, request } from "./http.ts";
import { Ended, Lines, nextChange, problem, sayOpened, sayOpening, type Opening, type Progress, type ServiceProgress } from "./sign-parts.ts";
import { t } from "./texts.ts";

interface Order {
  purpose: string;
  documents: string[];
  means: string;
  credential: string;
}

interface Opened extends Opening {
  signing_id: string;
  service?: { name: string; verification_code: string; deadline: string };
}

/** Opens a session and follows it to its end. */
export async function signAway(panel: HTMLElement, lines: Lines, order: Order): Promise<string> {
  sayOpening(lines, order.documents.length);
  let opened: Opened;
  try {
    opened = await postJson<Opened>("/api/v1/signing-sessions", { ...order, consent: "person" });
  } catch (error) {
    lines.fail();
    throw error;
  }
  sayOpened(lines, order.documents.length, opened);
  return followAway(panel, lines, opened.signing_id, opened.service);
}

/** The four digits, the time left, the way to give up. */
class Card {
  private readonly left = el("span", { class: "sign-left" });
  private readonly page = el("div", { class: "row" });
  private readonly timer: number;
  private shownPage = "";

  constructor(
    private readonly place: HTMLElement,
    service: { name: string; verification_code: string; deadline: string },
    signing: string,
  ) {
    const ends = Date.parse(service.deadline);
    const giveUp = el("button", { class: "btn tight", type: "button", "data-give-up": true }, icon("close"), t("Thôi ký"));
    giveUp.addEventListener("click", () => {
      giveUp.setAttribute("disabled", "");
      const init = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
      void request(`/api/v1/signing-sessions/${encodeURIComponent(signing)}/cancel`, init).catch(() => giveUp.removeAttribute("disabled"));
    });
    place.replaceChildren(
      el(
        "div",
        { class: "sign-code" },
        el("p", {}, t("Mã xác nhận")),
        el("strong", { "data-sign-code": true }, service.verification_code),
        el("p", {}, t("Điện thoại phải hiện đúng bốn chữ số này; khác thì bấm từ chối trên điện thoại.")),
        el("p", { class: "muted" }, this.left),
        this.page,
        el("div", { class: "row" }, giveUp),
      ),
    );
    const tick = () => {
      const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
      const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      this.left.textContent = seconds > 0 ? t("Còn {time} để đồng ý", { time: shown }) : t("Đã hết thời gian đồng ý");
    };
    tick();
    this.timer = window.setInterval(tick, 1000);
  }

  /** The service's page, where the holder agrees. */
  showPage(service: ServiceProgress): void {
    const page = service.page ?? "";
    if (page === this.shownPage) return;
    this.shownPage = page;
    this.page.replaceChildren();
    if (page) this.page.append(el("a", { class: "btn primary", href: page, "data-agree": true }, icon("external"), t("Mở trang của {name} để đồng ý", { name: service.name })));
  }

  close(): void {
    clearInterval(this.timer);
    this.place.replaceChildren();
  }
}

/** Follows a session until it is over. */
export async function followAway(panel: HTMLElement, lines: Lines, signing: string, known?: Opened["service"]): Promise<string> {
  const place = panel.querySelector<HTMLElement>("[data-sign-more]") ?? panel;
  const url = `/api/v1/signing-sessions/${encodeURIComponent(signing)}`;
  // The code stands here before the phone asks.
  let card = known ? new Card(place, known, signing) : undefined;
  let said = "";
  let failures = 0;
  try {
    for (;;) {
      let now: Progress;
      try {
        now = (await (await request(url)).json()) as Progress;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (asProblem(error).status !== 0 || failures > 20) throw error;
        lines.note(t("Mất kết nối với máy chủ, đang hỏi lại…"));
        said = "";
        await pause(1500);
        continue;
      }
      const service = now.service;
      if (now.state === "signed") {
        lines.finish(now.items.length > 1 ? t("Đã ký xong {n} văn bản", { n: now.items.length }) : t("Đã ký xong"));
        return now.next ?? "";
      }
      const over = now.state !== "open" && (service?.ending !== undefined || service === undefined);
      // Several documents: what became of each stands on a page of its own.
      if (over && !service?.open_question && isOfSeveral(now) && now.next) return now.next;
      if (over || service?.open_question) throw endOf(now, signing);
      if (service) {
        const text = words(now, service);
        if (text !== said) lines.start((said = text), "for-a-person");
        if (now.state === "open") {
          card ??= new Card(place, service, signing);
          card.showPage(service);
        }
      }
      await Promise.race([pause(1000), nextChange(`signing:${signing}`)]);
    }
  } catch (error) {
    lines.fail();
    throw error;
  } finally {
    card?.close();
  }
}

function isOfSeveral(now: Progress): boolean {
  return now.items.some((one) => one.document !== now.items[0]?.document);
}

function words(now: Progress, service: ServiceProgress): string {
  const name = { name: service.name };
  if (now.state !== "open") return t("Đang hỏi {name} xem yêu cầu đã dừng chưa…", name);
  if (Date.now() > Date.parse(service.deadline)) return t("Hết giờ, đang hỏi {name} lần cuối…", name);
  if (service.page) return t("Chờ đồng chí đồng ý ở trang của {name}…", name);
  if (!service.asked) return t("Gửi yêu cầu ký tới {name}…", name);
  return t("Chờ đồng chí đồng ý trên điện thoại ({name})…", name);
}

function endOf(now: Progress, signing: string): Ended {
  const told = now.problem ?? now.items.find((one) => one.problem)?.problem;
  const end = told ? problemOf(409, told) : problem("ended", t("Phiên ký đã dừng."), "", t("Ký lại; nếu vẫn vậy, báo công chức công nghệ thông tin."));
  end.status = 200;
  const signed = now.items.filter((one) => one.state === "signed").length;
  if (signed > 0) end.detail = `${t("Đã ký được {signed} trên {all} văn bản.", { signed, all: now.items.length })} ${end.detail ?? ""}`;
  if (!now.service?.open_question) return new Ended(end);
  end.detail = `${end.detail ?? ""} ${t("Chưa rõ dịch vụ có tạo chữ ký hay không.")}`;
  end.action = t("Xem trên điện thoại rồi chọn một trong hai kết quả dưới đây; sau đó mới ký lại được.");
  const after = isOfSeveral(now) ? now.next : undefined;
  return new Ended(end, [settle(signing, "no-signature", t("Chưa đồng ý trên điện thoại"), after), settle(signing, "signature-unused", t("Đã đồng ý, không dùng chữ ký đó"), after)]);
}

function settle(signing: string, result: string, text: string, after?: string): HTMLElement {
  const button = el("button", { class: "btn tight", type: "button", "data-settle": result }, text);
  button.addEventListener("click", () => {
    for (const one of all<HTMLButtonElement>("[data-settle]")) one.disabled = true;
    const url = `/api/v1/signing-sessions/${encodeURIComponent(signing)}/settle`;
    const init = { method: "POST", body: JSON.stringify({ result }), headers: { "content-type": "application/json" } };
    void request(url, init).then(
      () => (after ? location.assign(after) : location.reload()),
      () => {
        for (const one of all<HTMLButtonElement>("[data-settle]")) one.disabled = false;
      },
    );
  });
  return button;
}
