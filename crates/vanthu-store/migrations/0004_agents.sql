-- Signing agents that people have paired with their accounts, and what each last said of its machine.

CREATE TABLE agents (
    agent_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    state TEXT NOT NULL CHECK (state IN ('offered', 'answered', 'paired', 'ended')),
    token_hash TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL,
    nonce TEXT NOT NULL,
    public_key TEXT,
    code TEXT,
    machine TEXT NOT NULL,
    system TEXT NOT NULL,
    version TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    paired_at BIGINT,
    seen_at BIGINT,
    stamp BIGINT NOT NULL,
    checked_at BIGINT,
    report TEXT,
    ended_at BIGINT,
    end_reason TEXT,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK (state NOT IN ('answered', 'paired') OR public_key IS NOT NULL),
    CHECK (state <> 'paired' OR paired_at IS NOT NULL)
);
CREATE INDEX agents_by_account ON agents (account_id, state);
CREATE INDEX agents_by_agency ON agents (agency_id, state, paired_at);
