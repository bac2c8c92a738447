-- Signed checkpoints of the ledger: only ever added to.

CREATE TABLE ledger_checkpoints (
    number BIGINT NOT NULL PRIMARY KEY CHECK (number >= 1),
    installation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    signature TEXT NOT NULL
);

-- What the examination of a file's signatures found, so that a page need not examine it again. May
-- be emptied at any time.

CREATE TABLE signature_reports (
    sha256 TEXT NOT NULL PRIMARY KEY,
    rules TEXT NOT NULL,
    judged_at BIGINT NOT NULL,
    report TEXT NOT NULL
);
