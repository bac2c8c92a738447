/** The signing agent on this machine's loopback address, and the pill in the top bar that tells of it. */
import { all, say } from "./dom.ts";
import { t } from "./texts.ts";

/** Where the agent listens; the only foreign address that the content security policy lets the page ask. */
export const AGENT = "http://127.0.0.1:18181";

export interface AgentCertificate {
  thumbprint: string;
  subject: string;
  common_name: string;
  issuer: string;
  serial: string;
  not_after: string;
  /** What its key signs with, the best first. */
  algorithms?: string[];
}

export interface AgentStatus {
  name: string;
  version: string;
  practice: boolean;
  consent: "person" | "automatic";
  certificates: AgentCertificate[];
  /** The accounts of this server with which the agent is paired. */
  accounts?: string[];
}

/** The agent did not answer, or the browser kept us from asking. */
export class AgentAbsent extends Error {
  constructor(readonly blocked: boolean) {
    super("agent absent");
  }
}

/** The agent answered with a refusal. */
export class AgentRefused extends Error {
  constructor(readonly code: string, readonly title: string, readonly detail: string, readonly action: string) {
    super(title);
  }
}

async function blockedByBrowser(): Promise<boolean> {
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      const state = await navigator.permissions.query({ name: name as PermissionName });
      if (state.state === "denied") return true;
    } catch {
      // a browser that has no such permission doesn't block by it
    }
  }
  return false;
}

async function ask<T>(path: string, init: RequestInit, ms: number): Promise<T> {
  let response: Response;
  try {
    const loopback = { targetAddressSpace: "loopback" } as RequestInit; // lets a page served over https ask this machine
    const headers = { ...init.headers, "accept-language": document.documentElement.lang }; // its words come in the language of this page
    response = await fetch(`${AGENT}${path}`, { ...init, ...loopback, headers, credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(ms) });
  } catch {
    throw new AgentAbsent(await blockedByBrowser());
  }
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return body as T;
  const text = (name: string) => (typeof body[name] === "string" ? (body[name] as string) : "");
  throw new AgentRefused(text("code"), text("title"), text("detail"), text("action"));
}

export function agentStatus(): Promise<AgentStatus> {
  return ask<AgentStatus>("/v1/status", {}, 4000);
}

export function agentSign(server: string, signing_id: string, token: string, account: string): Promise<{ consent_url?: string; state?: string }> {
  return ask("/v1/sign", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ server, signing_id, token, account }) }, 15_000);
}

/** Hands a pairing's offer to the agent; the browser itself tells it which server asks. */
export function agentPair(agent_id: string, token: string): Promise<{ page_url: string }> {
  return ask("/v1/pair", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ agent_id, token }) }, 20_000);
}

function paint(tone: string, text: string, title: string): void {
  for (const pill of all("[data-agent-pill]")) {
    const before = pill.textContent;
    pill.className = `pill agent ${tone}`;
    pill.title = title;
    const words = pill.querySelector("span");
    if (words) words.textContent = text;
    if (before && before !== pill.textContent) say(text);
  }
}

/** Whether a version comes before another; each is three numbers. */
export function olderVersion(one: string, other: string): boolean {
  const numbers = (text: string) => (text.split(/[-+]/)[0] ?? "").split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(one), numbers(other)];
  for (let at = 0; at < 3; at += 1) if ((a[at] ?? 0) !== (b[at] ?? 0)) return (a[at] ?? 0) < (b[at] ?? 0);
  return false;
}

/** What the server says of versions: the one that it ships, and the oldest that it takes. */
function standing(version: string): "current" | "outdated" | "too-old" {
  const pill = document.querySelector<HTMLElement>("[data-agent-pill]");
  if (olderVersion(version, pill?.dataset["minimum"] ?? "0.0.0")) return "too-old";
  return olderVersion(version, pill?.dataset["shipped"] ?? "0.0.0") ? "outdated" : "current";
}

/** Which certificate will sign, when does it end; before that, whether the program is too old. */
function paintReady(status: AgentStatus): void {
  const version = standing(status.version);
  if (version === "too-old") {
    paint("bad", t("Phần mềm ký quá cũ"), t("Bản {version} không ký được nữa; cập nhật phần mềm ký.", { version: status.version }));
    return;
  }
  const now = Date.now();
  const good = status.certificates.filter((one) => Date.parse(one.not_after) > now);
  const first = good[0];
  if (status.certificates.length === 0) paint("warn", t("Chưa cắm thiết bị ký"), t("Phần mềm ký đang chạy nhưng không thấy chứng thư nào."));
  else if (!first) paint("bad", t("Chứng thư đã hết hạn"), t("Không còn chứng thư nào còn hạn trên thiết bị."));
  else {
    const days = Math.floor((Date.parse(first.not_after) - now) / 86_400_000);
    const name = status.practice ? t("Thiết bị ký thực hành sẵn sàng") : t("Thiết bị ký sẵn sàng");
    if (days <= 30) paint("warn", t("Chứng thư còn {days} ngày", { days }), first.common_name);
    else if (version === "outdated") paint("warn", t("Phần mềm ký có bản mới"), t("Đang dùng bản {version}; cập nhật khi thuận tiện.", { version: status.version }));
    else paint("ok", name, `${first.common_name} · ${status.name} ${status.version}`);
  }
}

export async function refreshPill(): Promise<void> {
  try {
    paintReady(await agentStatus());
  } catch (error) {
    if (error instanceof AgentAbsent && error.blocked) paint("bad", t("Trình duyệt đang chặn thiết bị ký"), t("Cho phép trang này truy cập mạng nội bộ trong cài đặt của trình duyệt, rồi bấm để thử lại."));
    else paint("none", t("Chưa thấy thiết bị ký"), t("Phần mềm ký chưa chạy trên máy này. Mở phần mềm ký rồi bấm để thử lại."));
  }
}

/** Only pages of people who sign ask for the agent; others don't touch the loopback address at all. */
export function startAgentPill(): void {
  const pills = all("[data-agent-pill]");
  if (pills.length === 0) return;
  for (const pill of pills) pill.addEventListener("click", () => void refreshPill());
  void refreshPill();
  setInterval(() => {
    if (document.visibilityState === "visible") void refreshPill();
  }, 60_000);
}
