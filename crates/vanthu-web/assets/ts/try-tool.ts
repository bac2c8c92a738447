/** The trial of the government's tool on the page of one's ways of signing. Markup: `templates/account/signing.html`. */
import { all, el } from "./dom.ts";
import { asProblem, problemBox } from "./http.ts";
import { Lines, problem } from "./sign-parts.ts";
import { t } from "./texts.ts";
import { rememberedTrial, tryTool } from "./tool.ts";

function words(support: string): string {
  if (support === "works") return t("Công cụ ký được mã băm: khi ký, tệp không rời khỏi máy chủ");
  if (support === "missing") return t("Công cụ không ký được mã băm: khi ký, công cụ tải tệp về rồi gửi lại");
  return t("Công cụ chưa cho biết; thử lại khi đã cắm thiết bị");
}

async function attempt(card: HTMLElement, button: HTMLElement): Promise<void> {
  const place = card.querySelector<HTMLElement>("[data-sign-problem]") ?? card;
  place.replaceChildren();
  button.setAttribute("disabled", "");
  const lines = new Lines(card.querySelector<HTMLElement>("[data-sign-lines]") ?? card.appendChild(el("div", { class: "sign-now" })));
  lines.start(t("Chờ đồng chí nhập mã PIN ở công cụ ký (không ký văn bản nào)…"), "for-a-person");
  try {
    const { outcome, support } = await tryTool(card.dataset["account"] ?? "");
    if (outcome.kind === "replied") lines.finish(words(support));
    else {
      lines.fail();
      const absent = problem("tool-not-opened", t("Không mở được công cụ ký số của Ban Cơ yếu trên máy này."), t("Công cụ chưa chạy, máy chưa cài, hoặc trình duyệt chưa tin chứng thư của công cụ."), t("Mở VGCA Sign Service, cắm thiết bị rồi thử lại."));
      const closed = problem("tool-closed", t("Công cụ đã đóng mà không trả lời."), "", t("Mở lại công cụ rồi thử lại."));
      place.append(problemBox(outcome.kind === "never-opened" ? absent : closed));
    }
  } catch (error) {
    lines.fail();
    place.append(problemBox(asProblem(error)));
  } finally {
    button.removeAttribute("disabled");
  }
}

for (const card of all("[data-tool]")) {
  const button = card.querySelector<HTMLElement>("[data-tool-try]");
  button?.addEventListener("click", () => void attempt(card, button));
  if (rememberedTrial(card.dataset["account"] ?? "") && button) button.title = t("Trình duyệt này đã thử công cụ; có thể thử lại.");
}
