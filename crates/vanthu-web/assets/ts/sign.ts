/** Signing: the page asks our server for a session and the agent on this machine for the signatures.
 *  Markup and attributes: `templates/parts/sign.html`. The PIN is typed in the agent's own window, never here. */
import { AgentAbsent, AgentRefused, agentSign, agentStatus, refreshPill, type AgentStatus } from "./agent.ts";
import { all, el, icon, pause } from "./dom.ts";
import { asProblem, postJson, problemBox, problemOf, request, type Problem } from "./http.ts";
import { followAway, signAway } from "./sign-away.ts";
import { signTool } from "./sign-tool.ts";
import { Ended, Lines, nextChange, problem, sayOpened, sayOpening, type Opening, type Progress } from "./sign-parts.ts";
import { t } from "./texts.ts";

interface Session extends Opening {
  signing_id: string;
  token: string;
  server: string;
  expires_at: string;
  /** The account that opened it: an agent paired with several uses the pairing of this one. */
  account_id: string;
}

/** What the agent's or the person's ending of the session is called here. */
function endOf(reason: string): Problem {
  switch (reason) {
    case "refused-by-user":
      return problem(reason, t("Bạn đã không đồng ý ký."), t("Không chữ ký nào được tạo; văn bản giữ nguyên."), t("Xem lại văn bản; khi sẵn sàng, bấm “{sign}” lần nữa.", { sign: t("Ký số") }));
    case "wrong-pin":
      return problem(reason, t("Mã PIN không đúng."), t("Phiên ký dừng ngay ở lần sai đầu tiên để thiết bị không bị khóa."), t("Kiểm tra lại mã PIN rồi ký lại. Sai nhiều lần, thiết bị sẽ tự khóa."));
    case "device-locked":
      return problem(reason, t("Thiết bị ký đã bị khóa."), t("Mã PIN đã nhập sai quá số lần cho phép."), t("Mở trang Thiết bị và bấm “Đề nghị khôi phục”."));
    case "device-removed":
      return problem(reason, t("Thiết bị lưu khóa đã bị rút ra."), t("Văn bản đã ký trước đó giữ nguyên; văn bản còn lại chưa ký."), t("Cắm lại đúng thiết bị, rồi ký các văn bản còn lại."));
    case "device-failed":
      return problem(reason, t("Thiết bị lưu khóa không ký được."), t("Văn bản đã ký trước đó giữ nguyên; văn bản còn lại chưa ký."), t("Xem cửa sổ của phần mềm ký để biết vì sao; rút ra, cắm lại thiết bị rồi ký lại."));
    case "session-stopped":
      return problem(reason, t("Phiên ký dừng giữa chừng."), t("Phiên hết hạn, hoặc máy đã ngủ trong khi ký. Văn bản đã ký trước đó giữ nguyên."), t("Bấm “{sign}” để ký các văn bản còn lại trong phiên mới.", { sign: t("Ký số") }));
    case "certificate-not-here":
    case "no-certificate":
      return problem(reason, t("Thiết bị không có chứng thư của bạn."), t("Chứng thư đã đăng ký cho tài khoản này không nằm trong thiết bị đang cắm."), t("Cắm đúng thiết bị của bạn rồi ký lại."));
    case "consent-expired":
    case "expired":
      return problem(reason, t("Phiên ký đã hết hạn."), t("Cửa sổ xác nhận không được trả lời kịp thời gian."), t("Bấm “{sign}” để mở phiên mới.", { sign: t("Ký số") }));
    default:
      return problem(reason, t("Phiên ký đã dừng."), t("Lý do: {reason}", { reason }), t("Ký lại; nếu vẫn vậy, báo công chức công nghệ thông tin."));
  }
}

function ofAgent(error: AgentAbsent | AgentRefused): Problem {
  if (error instanceof AgentRefused) {
    return problem(error.code || "agent-refused", error.title || t("Phần mềm ký từ chối."), error.detail, error.action || t("Mở phần mềm ký xem thông báo rồi ký lại."));
  }
  if (error.blocked) {
    return problem("agent-blocked", t("Trình duyệt đang chặn trang này gọi phần mềm ký."), t("Quyền truy cập mạng nội bộ của trang đang bị tắt."), t("Bấm biểu tượng bên trái địa chỉ trang, cho phép “Mạng nội bộ”, rồi ký lại."));
  }
  return problem("agent-absent", t("Không thấy phần mềm ký trên máy này."), t("Phần mềm ký chưa chạy, hoặc máy này chưa cài."), t("Mở phần mềm ký (biểu tượng con dấu ở góc màn hình), cắm thiết bị, rồi bấm “Thử lại”. Văn bản chưa có gì thay đổi."));
}

/** The agent's consent window. It must open inside the click; where to is known only later. */
class ConsentWindow {
  private readonly window: Window | null;
  constructor(wanted: boolean) {
    const place = `popup,width=560,height=760,left=${Math.max(0, screenX + outerWidth / 2 - 280)},top=${screenY + 40}`;
    this.window = wanted ? window.open("/static/waiting.html", "vanthu-consent", place) : null;
  }

  /** Goes to the consent page; where the browser kept the window shut, gives a link to press instead. */
  goTo(url: string, place: HTMLElement): void {
    if (this.window && !this.window.closed) {
      this.window.location.href = url;
      this.window.focus();
    }
    const words = this.window ? t("Hiện lại cửa sổ xác nhận") : t("Mở cửa sổ xác nhận ký");
    const link = el("a", { class: this.window ? "btn tight" : "btn primary", href: url, target: "vanthu-consent", "data-consent-link": true }, icon("external"), words);
    place.append(link);
    if (!this.window) link.focus();
  }

  close(): void {
    try {
      this.window?.close();
    } catch {
      // it belongs to the agent now
    }
  }
}

/** The way that the signer chose: `agent`, or a key at a service. */
function chosenWay(panel: HTMLElement): HTMLInputElement | undefined {
  return all<HTMLInputElement>("input[name=way]", panel).find((one) => one.checked);
}

const REMEMBERED = "vanthu-sign-way";

/** The last choice is remembered; on a phone, where neither agent nor tool runs, they are not what is offered first. */
function prepareWays(panel: HTMLElement): void {
  const ways = all<HTMLInputElement>("input[name=way]", panel);
  const agent = ways.find((one) => one.value === "agent");
  if (!agent || ways.length < 2) return;
  const narrow = matchMedia("(max-width: 44rem)").matches;
  const here = ways.filter((one) => one.value === "agent" || one.value === "tool");
  for (const one of narrow ? here : []) {
    const place = one.closest("label");
    place?.parentElement?.append(place);
  }
  const before = localStorage.getItem(REMEMBERED);
  const first = ways.find((one) => one.value === before) ?? (narrow ? (ways.find((one) => !here.includes(one)) ?? agent) : agent);
  if (first) first.checked = true;
  for (const one of ways) one.addEventListener("change", () => localStorage.setItem(REMEMBERED, one.value));
}

/** What the keys here sign with, so that the server prepares what the device can do. */
function abilities(agent: AgentStatus): { thumbprint: string; algorithms: string[] }[] {
  return agent.certificates.map(({ thumbprint, algorithms }) => ({ thumbprint, algorithms: algorithms ?? [] })).filter((one) => one.algorithms.length > 0);
}

class Flow {
  private readonly lines: Lines;
  private readonly documents: string[];
  private consent: ConsentWindow | undefined;

  constructor(private readonly panel: HTMLElement) {
    this.lines = new Lines(panel.querySelector<HTMLElement>("[data-sign-lines]") ?? panel.appendChild(el("div", { class: "sign-now" })));
    const chosen = all<HTMLInputElement>("input[name=document]", panel.closest("form") ?? panel);
    this.documents = chosen.filter((one) => one.type !== "checkbox" || one.checked).map((one) => one.value);
  }

  /** Goes on with a session that is under way, or whose end is not known. */
  async resume(signing: string): Promise<string> {
    return followAway(this.panel, this.lines, signing);
  }

  async run(): Promise<string> {
    if (this.documents.length === 0) {
      throw new Ended(problem("nothing-picked", t("Chưa chọn văn bản nào để ký."), "", t("Chọn ít nhất một văn bản rồi ký lại.")));
    }
    const way = chosenWay(this.panel);
    if (way?.value === "tool") {
      return signTool(this.panel, this.lines, { purpose: this.panel.dataset["purpose"] ?? "person", documents: this.documents });
    }
    if (way?.value === "sealer") return this.toConfirm();
    if (way && way.value !== "agent") {
      const means = way.dataset["means"] ?? "service";
      return signAway(this.panel, this.lines, { purpose: this.panel.dataset["purpose"] ?? "person", documents: this.documents, means, credential: way.value });
    }
    const automatic = this.panel.dataset["consent"] === "automatic";
    this.consent = new ConsentWindow(!automatic); // first of all: still inside the click
    try {
      const agent = await this.findAgent();
      const session = await this.openSession(agent, automatic ? "automatic" : "person");
      return await this.signAll(agent, session);
    } catch (error) {
      this.lines.fail();
      this.consent.close();
      throw error instanceof AgentAbsent || error instanceof AgentRefused ? new Ended(ofAgent(error)) : error;
    }
  }

  /** The device at the server: the batch is prepared, and confirmed on a page of its own. */
  private async toConfirm(): Promise<string> {
    try {
      sayOpening(this.lines, this.documents.length);
      const purpose = this.panel.dataset["purpose"] ?? "seal";
      const opened = await postJson<Opening & { confirm?: string }>("/api/v1/signing-sessions", { purpose, documents: this.documents, consent: "person", means: "sealer" });
      sayOpened(this.lines, this.documents.length, opened);
      return opened.confirm ?? "";
    } catch (error) {
      this.lines.fail();
      throw error;
    }
  }

  private async findAgent(): Promise<AgentStatus> {
    this.lines.start(t("Tìm phần mềm ký trên máy này…"));
    const agent = await agentStatus();
    if (agent.certificates.length === 0) throw new Ended(endOf("no-certificate"));
    this.lines.finish(agent.practice ? t("Đã thấy phần mềm ký thực hành") : t("Đã thấy phần mềm ký"));
    return agent;
  }

  private async openSession(agent: AgentStatus, consent: "person" | "automatic"): Promise<Session> {
    sayOpening(this.lines, this.documents.length);
    const purpose = this.panel.dataset["purpose"] ?? "person";
    // The practice agent holds everybody's keys; a real one shows whose devices are at this machine.
    const certificates = agent.practice ? [] : agent.certificates.map((one) => one.thumbprint);
    const session = await postJson<Session>("/api/v1/signing-sessions", { purpose, documents: this.documents, consent, certificates, keys: abilities(agent) });
    sayOpened(this.lines, this.documents.length, session);
    return session;
  }

  private async signAll(agent: AgentStatus, session: Session): Promise<string> {
    this.lines.start(t("Chuyển sang phần mềm ký…"));
    const answer = await agentSign(session.server || location.origin, session.signing_id, session.token, session.account_id);
    this.lines.finish();
    const extra = this.panel.querySelector<HTMLElement>("[data-sign-more]") ?? this.panel;
    if (answer.consent_url) {
      this.lines.start(t("Chờ bạn xem và nhập mã PIN ở cửa sổ của phần mềm ký…"));
      this.consent?.goTo(answer.consent_url, extra);
    } else {
      this.lines.start(agent.consent === "automatic" ? t("Thiết bị thực hành tự đồng ý, đang ký…") : t("Đang ký…"));
      this.consent?.close();
    }
    return this.follow(session);
  }

  /** Asks our server until it is over; a live event about the session asks at once. */
  private async follow(session: Session): Promise<string> {
    const ends = Date.parse(session.expires_at) || Date.now() + 300_000;
    const url = `/api/v1/signing-sessions/${encodeURIComponent(session.signing_id)}`;
    let before = -1;
    let failures = 0;
    for (;;) {
      let now: Progress;
      try {
        now = (await (await request(url)).json()) as Progress;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (asProblem(error).status !== 0 || failures > 20) throw error;
        this.lines.note(t("Mất kết nối với máy chủ, đang hỏi lại…"));
        await pause(1500);
        continue;
      }
      const signed = now.items.filter((one) => one.state === "signed").length;
      if (signed !== before && now.items.length > 1) {
        before = signed;
        this.lines.note(t("Đã ký {signed} trên {all} văn bản…", { signed, all: now.items.length }));
      }
      if (now.state === "signed") {
        this.lines.finish(now.items.length > 1 ? t("Đã ký xong {n} văn bản", { n: now.items.length }) : t("Đã ký xong"));
        this.consent?.close();
        return now.next ?? "";
      }
      // Several documents: what became of each stands on a page of its own.
      if (now.state !== "open" && this.documents.length > 1 && now.next) {
        this.consent?.close();
        return now.next;
      }
      if (now.state !== "open") throw new Ended(this.endProblem(now));
      if (Date.now() > ends + 5000) throw new Ended(endOf("expired"));
      await Promise.race([pause(1000), nextChange(`signing:${session.signing_id}`)]);
    }
  }

  /** The first problem of an item, of the session, or the reason's own words; says too what was signed before. */
  private endProblem(now: Progress): Problem {
    const told = now.items.find((one) => one.problem)?.problem ?? now.problem;
    const end = told ? problemOf(409, told) : endOf(now.state === "expired" ? "expired" : (now.reason ?? now.state));
    const signed = now.items.filter((one) => one.state === "signed").length;
    if (signed > 0) end.detail = `${t("Đã ký được {signed} trên {all} văn bản.", { signed, all: now.items.length })} ${end.detail ?? ""}`;
    return end;
  }
}

async function start(panel: HTMLElement, button: HTMLElement, standing = ""): Promise<void> {
  if (panel.dataset["signing"]) return;
  panel.dataset["signing"] = "yes";
  button.setAttribute("aria-busy", "true");
  panel.querySelector("[data-sign-problem]")?.replaceChildren();
  panel.querySelector("[data-sign-more]")?.replaceChildren();
  try {
    const flow = new Flow(panel);
    const next = (await (standing ? flow.resume(standing) : flow.run())) || panel.dataset["done"] || location.href;
    location.assign(next);
  } catch (error) {
    const shown = error instanceof Ended ? error.problem : asProblem(error);
    const actions: Node[] = error instanceof Ended ? [...error.actions] : [];
    if (actions.length === 0) actions.push(el("button", { class: "btn tight", type: "button", click: () => void start(panel, button) }, icon("refresh"), t("Thử lại")));
    if (shown.status === 409) actions.push(el("a", { class: "btn tight", href: location.href }, t("Tải lại trang để xem bản mới")));
    const help = panel.dataset["help"];
    if (help && shown.code.startsWith("agent-")) actions.push(el("a", { class: "btn tight", href: help, target: "_blank" }, t("Cài phần mềm ký")));
    const place = panel.querySelector<HTMLElement>("[data-sign-problem]") ?? panel;
    const box = problemBox(shown, ...actions);
    box.tabIndex = -1;
    place.replaceChildren(box);
    box.focus();
    panel.querySelector("[data-sign-more]")?.replaceChildren();
    void refreshPill();
  } finally {
    delete panel.dataset["signing"];
    button.removeAttribute("aria-busy");
  }
}

for (const panel of all("[data-sign]")) {
  prepareWays(panel);
  const standing = panel.dataset["standing"];
  for (const button of all("[data-sign-start]", panel)) {
    button.addEventListener("click", () => void start(panel, button));
    if (standing) void start(panel, button, standing);
  }
}
