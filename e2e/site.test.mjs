// Everything that is tried against one practice installation, in this order: the main job first, since the rest looks at
// what it left.
import { after, before } from "node:test";
import { closeSite, openSite } from "./lib/site.mjs";

before(() => openSite(), { timeout: 240_000 });
after(closeSite, { timeout: 30_000 });

await import("./site/main-job.mjs");
await import("./site/batch.mjs");
await import("./site/sealer.mjs");
await import("./site/bad-input.mjs");
await import("./site/pairing.mjs");
await import("./site/narrow.mjs");
await import("./site/away.mjs");
await import("./site/tool.mjs");
await import("./site/pages.mjs");
await import("./site/lists.mjs");
