-- What the government's signing tool on a signer's machine is asked to do, item by item. Of its two one-time addresses
-- only hashes are kept, here and in the session.
CREATE TABLE tool_signings (
    signing_id TEXT NOT NULL REFERENCES signings (signing_id),
    item_id TEXT NOT NULL,
    flow TEXT NOT NULL CHECK (flow IN ('digest', 'whole-file')),
    operation TEXT NOT NULL,
    number TEXT,
    day TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'created', 'fetched', 'uploaded', 'applied', 'ended')),
    download_hash TEXT,
    upload_hash TEXT,
    session TEXT,
    opened BIGINT NOT NULL CHECK (opened IN (0, 1)),
    closed BIGINT NOT NULL CHECK (closed IN (0, 1)),
    begun_at BIGINT,
    ending TEXT,
    said TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (signing_id, item_id),
    FOREIGN KEY (signing_id, item_id) REFERENCES signing_items (signing_id, item_id),
    CHECK ((number IS NULL) = (day IS NULL)),
    CHECK ((download_hash IS NULL) = (upload_hash IS NULL)),
    CHECK ((download_hash IS NULL) = (session IS NULL)),
    CHECK (state <> 'waiting' OR begun_at IS NULL),
    CHECK (state IN ('waiting', 'ended') OR begun_at IS NOT NULL),
    CHECK ((state = 'ended') = (ending IS NOT NULL)),
    CHECK (flow = 'whole-file' OR state NOT IN ('fetched', 'uploaded'))
);
CREATE UNIQUE INDEX tool_signings_download_key ON tool_signings (download_hash) WHERE download_hash IS NOT NULL;
CREATE UNIQUE INDEX tool_signings_upload_key ON tool_signings (upload_hash) WHERE upload_hash IS NOT NULL;

-- What the tool can do was tried in a browser, which keeps the trial's name.
CREATE TABLE tool_trials (
    trial_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    nonce TEXT NOT NULL,
    support TEXT NOT NULL CHECK (support IN ('unknown', 'works', 'missing')),
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    CHECK (support = 'unknown' OR answered_at IS NOT NULL)
);
CREATE INDEX tool_trials_by_account ON tool_trials (account_id, asked_at);
