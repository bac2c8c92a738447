/** What every page has. */
import { startAgentPill } from "./agent.ts";
import { startBulk } from "./bulk.ts";
import { startDialogs } from "./dialog.ts";
import { startFills } from "./fill.ts";
import { startKeys } from "./keys.ts";
import { startLive } from "./live.ts";
import { startUploads } from "./upload.ts";
import { startViewers } from "./viewer.ts";

startBulk(); // before dialogs: it may stop a form that has nothing picked
startUploads();
startDialogs();
startFills();
startKeys();
startViewers();
startAgentPill();
startLive();
