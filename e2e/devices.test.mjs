// The main job once more, with every key on a device (SoftHSM) behind PKCS#11: an installation of its own.
import { after, before, test } from "node:test";
import { closeSite, hasDevices, openSite } from "./lib/site.mjs";

if (hasDevices) {
  before(() => openSite({ keys: "devices" }), { timeout: 300_000 });
  after(closeSite, { timeout: 30_000 });
  await import("./site/main-job.mjs");
} else {
  test("the main job with keys on devices", { skip: "softhsm2, opensc and openssl are not installed" }, () => undefined);
}
