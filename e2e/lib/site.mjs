// One practice installation with its signing agent, on the loopback address and in a temporary folder, for the
// whole run; and one browser.
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** Where pages look for the agent: their content security policy names no other address. */
const USUAL_AGENT_PORT = 18181;
/** What everybody in the practice province types (crates/vanthu-app/src/practice/world.rs). */
export const PASSWORD = "Thuc-hanh-2026";
export const PIN = "12345678";

const programs = fileURLToPath(new URL("../../target/practice/", import.meta.url));
const serverProgram = process.env.VANTHU_BIN ?? join(programs, "vanthu");
const serviceProgram = process.env.VANTHU_FAKE_SERVICE_BIN ?? join(programs, "fake-service");
/** The government's signing tool, without its socket. */
export const toolProgram = process.env.VANTHU_FAKE_TOOL_BIN ?? join(programs, "fake-tool");
const agentProgram = process.env.VANTHU_AGENT_BIN ?? join(programs, "vanthu-agent");

const softhsm = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"].find(existsSync);
const program = (name) => (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, name)));
/** Whether keys can be put on devices here. */
export const hasDevices = softhsm !== undefined && ["softhsm2-util", "pkcs11-tool", "openssl"].every(program);

/** The address of the site, of its agent, and the browser; filled by `openSite`. */
export const site = { base: "", agent: "", service: "", tool: "", folder: "", browser: undefined };
let folder = "";
let devices = "";
let server;
let agent;
let service;
let sealer;

function free(port = 0) {
  return new Promise((resolve) => {
    const probe = createServer().unref();
    probe.once("error", () => resolve(0));
    probe.listen(port, "127.0.0.1", () => {
      const taken = probe.address().port;
      probe.close(() => resolve(taken));
    });
  });
}

/** A program, with what it said last; `said(words)` waits until it says so. */
function start(program, options, more = {}) {
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...more, RUST_LOG: "info,sqlx=warn,sea_orm=warn,hyper=warn" } });
  let text = "";
  const listeners = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (part) => {
      text = (text + part).slice(-100_000);
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(String(error)));
    child.once("exit", (code, signal) => resolve(`${program} ended with ${code ?? signal}`));
  });
  const said = (words, seconds) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${program} did not say “${words}” in ${seconds} s:\n${text}`)), seconds * 1000);
      const look = () => {
        if (!text.includes(words)) return;
        clearTimeout(timer);
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then((why) => {
        clearTimeout(timer);
        reject(new Error(`${why}:\n${text}`));
      });
    });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
  };
  return { said, stop, text: () => text };
}

/** What the programs said, for a test that failed. */
export const said = () => [server, agent, service, sealer].map((one) => one?.text() ?? "").join("\n");

export async function startAgent() {
  const keys = devices ? ["--pkcs11", softhsm] : ["--keys", join(folder, "agent", "keys")];
  const settings = join(folder, "agent", "settings");
  const environment = devices ? { SOFTHSM2_CONF: join(devices, "softhsm2.conf") } : {};
  agent = start(agentProgram, ["run", ...keys, "--settings", settings, "--listen", site.agent.slice("http://".length), "--pair", site.base], environment);
  await agent.said("signing agent ready", 20);
}

export async function stopAgent() {
  await agent?.stop();
  agent = undefined;
}

/** A service that holds keys, where the site was told to look for one. */
export async function playService(options) {
  service = start(serviceProgram, [site.service.slice("http://".length), ...options]);
  await service.said("fake service ready", 20);
}

async function services() {
  const file = `${folder}.services.toml`;
  await writeFile(`${folder}.secret`, "mat-khau-dich-vu");
  const at = (path) => `"${site.service}/${path}"`;
  await writeFile(
    file,
    `profiles = ["${folder}.quy-che.toml"]

[[service]]
code = "thu"
name = "Dịch vụ ký số thử"
kind = "csc-v2"
asynchronous = true
address = ${at("csc/v2")}
authorize_address = ${at("oauth2/authorize")}
token_address = ${at("oauth2/token")}
client_id = "vanthu"
secret_file = "${folder}.secret"

[tool]
address = "${site.tool}"

[[sealer]]
code = "tanmau"
socket = "${folder}.socket"
agencies = ["H99.50"]
`,
  );
  // The regulation of the commune, with what only a local one can allow.
  const regulation = await readFile(new URL("../../crates/vanthu-domain/profiles/an-giang.toml", import.meta.url), "utf8");
  const allowed = `[[value]]
setting = "seal-at-server"
value = "confirmed-batches"
citation = "Quyết định 01/2026/QĐ-UBND, Điều 5"
certainty = "seed"
`;
  await writeFile(`${folder}.quy-che.toml`, `${regulation}\n${allowed}`);
  return file;
}

/** Puts practice keys on devices, one for each; all of them where none is named. */
function putOnDevices(name, ...keys) {
  const place = join(folder, name);
  const script = fileURLToPath(new URL("../../scripts/practice-devices.sh", import.meta.url));
  execFileSync(script, [join(folder, "agent", "keys"), place, ...keys], { env: { ...process.env, SOFTHSM_MODULE: softhsm } });
  return place;
}

/** The program that holds the commune's seal on a device at the server. */
export async function startSealer() {
  const place = join(folder, "sealer");
  if (!existsSync(place)) putOnDevices("sealer", "tanmau");
  const certificate = join(folder, "agent", "keys", "tanmau.pem");
  const printed = execFileSync("openssl", ["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], { encoding: "utf8" });
  const pin = join(place, "pin");
  if (!existsSync(pin)) await writeFile(pin, PIN, { mode: 0o400 });
  const settings = { socket: `${folder}.socket`, module: softhsm, pin_file: pin, server_user: String(process.getuid()), state: join(place, "state") };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = "${value}"`);
  await writeFile(join(place, "sealer.toml"), `${lines.join("\n")}\ncertificates = ["${printed.split("=")[1].trim()}"]\n`);
  sealer = start(agentProgram, ["sealer", "run", "--config", join(place, "sealer.toml")], { SOFTHSM2_CONF: join(place, "softhsm2.conf") });
  await sealer.said("sealer ready", 20);
}

export async function stopSealer() {
  await sealer?.stop();
  sealer = undefined;
}

/** With `keys: "devices"` the agent finds its keys on SoftHSM devices instead of in files. */
export async function openSite({ keys = "files" } = {}) {
  folder = await mkdtemp(join(tmpdir(), "vanthu-e2e-"));
  const listen = `127.0.0.1:${await free()}`;
  site.base = `http://${listen}`;
  site.agent = `http://127.0.0.1:${(await free(USUAL_AGENT_PORT)) || (await free())}`;
  site.folder = folder;
  site.service = `http://127.0.0.1:${await free()}`;
  site.tool = `ws://127.0.0.1:${await free()}`;
  server = start(serverProgram, ["practice", "--data", folder, "--listen", listen, "--services", await services()]);
  const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const launching = chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
  await server.said("Dừng: Ctrl-C", 180);
  if (keys === "devices") devices = putOnDevices("devices");
  await startAgent();
  site.browser = await launching;
}

export async function closeSite() {
  await site.browser?.close();
  await stopAgent();
  await service?.stop();
  await stopSealer();
  await server?.stop();
  if (!folder) return;
  for (const path of [folder, ...["services.toml", "secret", "quy-che.toml", "socket"].map((name) => `${folder}.${name}`)]) await rm(path, { recursive: true, force: true });
}

/** Pages look for the agent at its usual port; where that one is taken, their calls are led to the port of ours. */
export async function leadToAgent(context) {
  const usual = `http://127.0.0.1:${USUAL_AGENT_PORT}`;
  if (site.agent === usual) return;
  const cors = { "access-control-allow-origin": site.base, "access-control-allow-headers": "content-type", "access-control-allow-methods": "GET, POST" };
  await context.route(`${usual}/**`, async (route) => {
    const request = route.request();
    if (request.method() === "OPTIONS") return route.fulfill({ status: 204, headers: cors });
    try {
      const headers = { origin: site.base, "content-type": request.headers()["content-type"] ?? "text/plain" };
      const url = request.url().replace(usual, site.agent);
      return await route.fulfill({ response: await route.fetch({ url, headers }) });
    } catch {
      return route.abort("connectionrefused");
    }
  });
}

/** Whether somebody listens there. */
export function listens(address) {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) }, () => resolve(true));
    socket.once("error", () => resolve(false)).once("connect", () => socket.end());
  });
}
