/** Pairing: the page asks our server for an offer, hands it to the agent on this machine, and shows the code
 *  that the server computed. The person compares it and confirms on the agent's own page. */
import { AgentAbsent, AgentRefused, agentPair } from "./agent.ts";
import { all, el, icon, pause, say } from "./dom.ts";
import { asProblem, postJson, problemBox, request, type Problem } from "./http.ts";
import { t } from "./texts.ts";

interface Offer {
  agent_id: string;
  token: string;
  expires_at: string;
}

interface Pairing {
  state: "offered" | "answered" | "paired" | "ended";
  code?: string;
}

function problem(code: string, title: string, detail: string, action: string): Problem {
  return { code, status: 0, title, detail, action, more: {} };
}

function ofAgent(error: AgentAbsent | AgentRefused): Problem {
  if (error instanceof AgentRefused) return problem(error.code || "agent-refused", error.title, error.detail, error.action);
  if (error.blocked) return problem("agent-blocked", t("Trình duyệt đang chặn trang này gọi phần mềm ký."), t("Quyền truy cập mạng nội bộ của trang đang bị tắt."), t("Bấm biểu tượng bên trái địa chỉ trang, cho phép “Mạng nội bộ”, rồi ký lại."));
  return problem("agent-absent", t("Không thấy phần mềm ký trên máy này."), t("Phần mềm ký chưa chạy, hoặc máy này chưa cài."), t("Mở phần mềm ký rồi bấm ghép lại."));
}

class Pair {
  private readonly code: HTMLElement;
  private readonly state: HTMLElement;
  private readonly trouble: HTMLElement;
  private readonly more: HTMLElement;

  constructor(panel: HTMLElement) {
    const part = (name: string) => panel.querySelector<HTMLElement>(`[data-pair-${name}]`) ?? panel;
    this.code = part("code");
    this.state = part("state");
    this.trouble = part("problem");
    this.more = part("more");
  }

  async run(): Promise<void> {
    this.code.hidden = true;
    this.trouble.replaceChildren();
    this.more.replaceChildren();
    const shown = window.open("/static/waiting.html", "vanthu-agent", `popup,width=600,height=780,left=${Math.max(0, screenX + outerWidth / 2 - 300)},top=${screenY + 40}`); // inside the click
    try {
      this.tell(t("Máy chủ mở lần ghép…"));
      const offer = await postJson<Offer>("/api/v1/agents", {});
      this.tell(t("Chuyển sang phần mềm ký…"));
      const { page_url } = await agentPair(offer.agent_id, offer.token);
      if (shown && !shown.closed) shown.location.href = page_url;
      this.more.append(el("a", { class: shown ? "btn tight" : "btn primary", href: page_url, target: "vanthu-agent" }, icon("external"), shown ? t("Hiện lại cửa sổ máy ký") : t("Mở cửa sổ máy ký")));
      await this.follow(offer);
    } catch (error) {
      shown?.close();
      throw error;
    }
  }

  private tell(text: string): void {
    this.state.textContent = text;
    say(text);
  }

  private async follow(offer: Offer): Promise<void> {
    const ends = Date.parse(offer.expires_at) || Date.now() + 300_000;
    for (;;) {
      const now = (await (await request(`/api/v1/agents/${encodeURIComponent(offer.agent_id)}`)).json()) as Pairing;
      if (now.code && this.code.hidden) {
        const output = this.code.querySelector("output");
        if (output) output.textContent = now.code;
        this.code.hidden = false;
        this.state.textContent = "";
        say(t("So sánh hai mã rồi xác nhận ở máy ký. Mã trên trang này: {code}", { code: now.code }));
      }
      if (now.state === "paired") {
        this.tell(t("Đã ghép máy ký."));
        location.reload();
        return;
      }
      if (now.state === "ended") {
        this.code.hidden = true;
        this.tell("");
        this.fail(problem("pairing-over", t("Chưa ghép: đã từ chối ở máy ký, hoặc một lần ghép mới đã mở."), "", t("Bấm ghép lại khi sẵn sàng; nếu hai mã khác nhau, báo công chức công nghệ thông tin trước.")));
        return;
      }
      if (Date.now() > ends) {
        this.code.hidden = true;
        this.tell("");
        this.fail(problem("pairing-over", t("Chưa ghép: đã hết thời gian."), "", t("Bấm ghép lại khi sẵn sàng.")));
        return;
      }
      await pause(1000);
    }
  }

  fail(shown: Problem): void {
    this.tell("");
    const box = problemBox(shown);
    box.tabIndex = -1;
    this.more.replaceChildren();
    this.trouble.replaceChildren(box);
    box.focus();
  }
}

for (const panel of all("[data-pair]")) {
  for (const button of all<HTMLButtonElement>("[data-pair-start]", panel)) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      const pair = new Pair(panel);
      pair
        .run()
        .catch((error: unknown) => pair.fail(error instanceof AgentAbsent || error instanceof AgentRefused ? ofAgent(error) : asProblem(error)))
        .finally(() => button.removeAttribute("aria-busy"));
    });
  }
}
