// The government's signing tool, played beside the browser: its socket stands here, its signing in a program of the tests.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PIN, site, toolProgram } from "./site.mjs";

let program;
let server;
let does = "sign";
/** The paths that pages have opened, in order. */
export const opened = [];
const waiting = [];
const sockets = new Set();

/** What the signer does with the tool: `sign`, `refuse`, `close` (without a word, bringing nothing), or `lose` (the socket
 *  closes early, and the file is brought all the same when `bringNow` is called). */
export function toolDoes(what) {
  does = what;
}

let held;
/** Brings the file of a socket that was lost. */
export async function bringNow() {
  await held?.();
  held = undefined;
}

function ask(question) {
  return new Promise((resolve) => {
    waiting.push(resolve);
    program.stdin.write(`${JSON.stringify(question)}\n`);
  });
}

/** Whether the tool signs digests, or hashes them again as old versions do. */
export const toolSignsDigests = (yes) => ask({ digests: yes ? "signs" : "hashes-again" });

/** Starts the tool with this person's device. */
export async function startTool(login) {
  const keys = join(site.folder, "agent", "keys");
  const name = (await readdir(keys)).find((one) => one.endsWith(".p12") && one.startsWith(login));
  program = spawn(toolProgram, [join(keys, name), PIN], { stdio: ["pipe", "pipe", "inherit"] });
  createInterface({ input: program.stdout }).on("line", (line) => waiting.shift()?.(JSON.parse(line)));
  server = createServer((_, response) => response.writeHead(404).end());
  server.on("upgrade", (request, socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    opened.push(request.url);
    let bytes = Buffer.alloc(0);
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part]);
      const frame = textOf(bytes);
      if (frame === undefined) return;
      bytes = Buffer.alloc(0);
      void operate(request.url, frame, socket);
    });
  });
  const port = Number(new URL(site.tool.replace("ws:", "http:")).port);
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}

export async function stopTool() {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve()));
  program?.kill("SIGTERM");
  server = program = undefined;
}

/** A whole masked text frame (RFC 6455, 5.2); undefined while it has not come, empty for any other. */
function textOf(bytes) {
  if (bytes.length < 2) return undefined;
  if ((bytes[0] & 0x0f) !== 1) return "";
  let length = bytes[1] & 0x7f;
  let at = 2;
  if (length === 126) [length, at] = [bytes.readUInt16BE(2), 4];
  else if (length === 127) [length, at] = [Number(bytes.readBigUInt64BE(2)), 10];
  if (bytes.length < at + 4 + length) return undefined;
  const mask = bytes.subarray(at, at + 4);
  return Buffer.from(bytes.subarray(at + 4, at + 4 + length).map((byte, index) => byte ^ mask[index % 4])).toString();
}

function send(socket, text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 0xff]);
  if (!socket.destroyed) socket.write(Buffer.concat([head, body]));
}

async function operate(path, frame, socket) {
  if (frame === "") return;
  if (does === "refuse") return send(socket, JSON.stringify({ Status: 6, Message: "Người dùng đã hủy thao tác ký" }));
  const asked = await ask({ read: { path, frame } });
  if (asked.frame) return send(socket, asked.frame);
  const file = await fetch(asked.download);
  if (!file.ok) return send(socket, JSON.stringify({ Status: 9, Message: `tải tệp: ${file.status}` }));
  const signed = await ask({ sign: Buffer.from(await file.arrayBuffer()).toString("base64") });
  const bring = async () => {
    const answer = await fetch(asked.upload, { method: "POST", headers: { "content-type": signed.kind }, body: Buffer.from(signed.body, "base64") });
    return ask({ answer: await answer.text() });
  };
  if (does === "close") return socket.end();
  if (does === "lose") {
    held = bring;
    return socket.end();
  }
  const reply = await bring();
  send(socket, reply.frame);
}
