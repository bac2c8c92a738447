/** The government's signing tool (VGCA Sign Service) on this machine: one connection for one operation, one text frame
 *  there, one back. What it says here signs nothing; our server decides by what it is brought. */
import { postJson } from "./http.ts";

/** What is sent: where the tool listens, the path of the operation, the frame. */
export interface Errand {
  address: string;
  path: string;
  frame: string;
}

/** What became of a connection. */
export type Outcome = { kind: "never-opened" } | { kind: "closed" } | { kind: "replied"; frame: string };

/** A connection that is under way. */
export interface Connection {
  ended: Promise<Outcome>;
  close(): void;
}

/** How long the tool may take to open its socket: it runs on this machine. */
const OPENING_MS = 8000;

/** Opens the socket, sends the one frame and hears the one answer. A socket that never opened (the tool does not run,
 *  or the browser does not trust its certificate) is told from one that closed without an answer. */
export function connect(errand: Errand, opened: () => void = () => undefined): Connection {
  let socket: WebSocket | undefined;
  const ended = new Promise<Outcome>((resolve) => {
    let open = false;
    try {
      socket = new WebSocket(`${errand.address}${errand.path}`);
    } catch {
      resolve({ kind: "never-opened" }); // the page's own policy
      return;
    }
    const timer = window.setTimeout(() => {
      if (!open) socket?.close();
    }, OPENING_MS);
    socket.addEventListener("open", () => {
      open = true;
      clearTimeout(timer);
      socket?.send(errand.frame);
      opened();
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => {
      resolve({ kind: "replied", frame: typeof event.data === "string" ? event.data : "" });
      socket?.close();
    });
    socket.addEventListener("close", () => {
      clearTimeout(timer);
      resolve({ kind: open ? "closed" : "never-opened" });
    });
  });
  return { ended, close: () => socket?.close() };
}

const TRIED = "vanthu-tool-trial:";

/** The trial that this browser remembers for an account. */
export function rememberedTrial(account: string): string {
  return localStorage.getItem(TRIED + account) ?? "";
}

/** Tries once whether the tool signs digests. The server reads the answer; the browser keeps the trial's name, unless
 *  the signer said no, which says nothing about the tool. */
export async function tryTool(account: string): Promise<{ outcome: Outcome; support: string }> {
  const asked = await postJson<Errand & { trial_id: string }>("/api/v1/signing-tool/trials", {});
  const outcome = await connect(asked).ended;
  if (outcome.kind !== "replied") return { outcome, support: "unknown" };
  const found = await postJson<{ support: string }>(`/api/v1/signing-tool/trials/${encodeURIComponent(asked.trial_id)}`, { frame: outcome.frame });
  if (found.support !== "unknown") localStorage.setItem(TRIED + account, asked.trial_id);
  return { outcome, support: found.support };
}
