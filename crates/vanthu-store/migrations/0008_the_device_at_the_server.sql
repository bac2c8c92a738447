-- A key device standing at the server, for an agency's seal.

-- A word more for where the key of a session lies: neither database changes a column's check, so the column is made anew.
ALTER TABLE signings ADD COLUMN means_of_key TEXT NOT NULL DEFAULT 'agent'
    CHECK (means_of_key IN ('agent', 'service', 'sim', 'tool', 'sealer'));
UPDATE signings SET means_of_key = means;
ALTER TABLE signings DROP COLUMN means;
ALTER TABLE signings RENAME COLUMN means_of_key TO means;

-- What a session at that device will sign, and the clerk's confirmation of exactly that: once.
CREATE TABLE seal_batches (
    signing_id TEXT NOT NULL PRIMARY KEY REFERENCES signings (signing_id),
    sealer TEXT NOT NULL,
    list TEXT NOT NULL,
    confirmation TEXT,
    confirmed_at BIGINT,
    deadline BIGINT,
    ending TEXT,
    updated_at BIGINT NOT NULL,
    CHECK ((confirmation IS NULL) = (confirmed_at IS NULL)),
    CHECK ((confirmation IS NULL) = (deadline IS NULL)),
    CHECK (ending IS NULL OR confirmation IS NOT NULL)
);
CREATE UNIQUE INDEX seal_batches_confirmation_key ON seal_batches (confirmation) WHERE confirmation IS NOT NULL;
