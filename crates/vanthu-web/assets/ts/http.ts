/** Requests to our own server, and the RFC 9457 problems that come back. */
import { el, icon, meta } from "./dom.ts";
import { t } from "./texts.ts";

/** What went wrong: what, why, by which article, what now. */
export interface Problem {
  code: string;
  status: number;
  title: string;
  detail?: string;
  article?: string;
  action?: string;
  /** Further members of the problem document. */
  more: Record<string, unknown>;
}

/** A request that the server refused, or that never reached it (status 0). */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads a problem document; anything else becomes a plain problem. */
export function problemOf(status: number, body: unknown): Problem {
  const more = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const problem: Problem = {
    code: text(more["code"]) ?? `http-${status}`,
    status,
    title: text(more["title"]) ?? t("Máy chủ không làm được việc này (mã {status}).", { status }),
    more,
  };
  const detail = text(more["detail"]);
  const article = text(more["article"]);
  const action = text(more["action"]) ?? (text(more["title"]) ? undefined : t("Tải lại trang rồi thử lại; nếu vẫn lỗi, báo quản trị hệ thống."));
  if (detail) problem.detail = detail;
  if (article) problem.article = article;
  if (action) problem.action = action;
  return problem;
}

/** The problem of a server that doesn't answer. */
export function unreachable(): Problem {
  return {
    code: "unreachable",
    status: 0,
    title: t("Không kết nối được máy chủ."),
    detail: t("Mạng bị ngắt hoặc máy chủ đang khởi động lại."),
    action: t("Giữ nguyên trang này; thử lại khi có mạng. Nội dung đã nhập không mất."),
    more: {},
  };
}

/** Sends a request with the session's cookie and the CSRF token; throws `Refused` unless it succeeds. */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("accept", headers.get("accept") ?? "application/json");
  if (init.method && init.method !== "GET") headers.set("x-csrf-token", meta("csrf-token"));
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(unreachable());
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  throw new Refused(problemOf(response.status, body));
}

/** Posts JSON and reads JSON. */
export async function postJson<T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  if (signal) init.signal = signal;
  return (await request(url, init)).json() as Promise<T>;
}

/** The problem of anything thrown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  return { ...unreachable(), code: "fault", title: t("Trang gặp lỗi khi làm việc này."), detail: String(error) };
}

/** The box that shows a problem; the same as `parts/problem.html`. */
export function problemBox(problem: Problem, ...actions: Node[]): HTMLElement {
  return el(
    "section",
    { class: "problem", role: "alert", "data-code": problem.code },
    icon("stop"),
    el("h3", {}, problem.title),
    problem.detail ? el("p", {}, problem.detail) : null,
    problem.article ? el("p", { class: "law" }, t("Căn cứ: {article}", { article: problem.article })) : null,
    problem.action ? el("p", { class: "now" }, problem.action) : null,
    actions.length > 0 ? el("div", { class: "row" }, ...actions) : null,
  );
}
