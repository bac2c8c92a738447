-- The tables of the first edition, in the SQL that SQLite and PostgreSQL have in common.
-- Types: TEXT; BIGINT for numbers, for yes and no (1 and 0) and for moments (microseconds, UTC).
-- Days are TEXT as 2026-11-22, JSON is TEXT, contents are in the blob folder under their SHA-256.

CREATE TABLE installation (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who: agencies, units, persons, posts, authorities.

CREATE TABLE agencies (
    agency_id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    abbreviation TEXT NOT NULL,
    parent_id TEXT REFERENCES agencies (agency_id),
    parent_line TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('province-committee', 'department', 'commune-committee', 'special-zone', 'public-service-unit', 'certificate-provider')),
    place_name TEXT NOT NULL,
    profile TEXT NOT NULL,
    email TEXT NOT NULL,
    collective BIGINT NOT NULL CHECK (collective IN (0, 1))
);
CREATE INDEX agencies_by_parent ON agencies (parent_id, code);

CREATE TABLE units (
    unit_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    name TEXT NOT NULL,
    abbreviation TEXT NOT NULL,
    UNIQUE (agency_id, abbreviation)
);

CREATE TABLE persons (
    person_id TEXT NOT NULL PRIMARY KEY,
    full_name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    picture_blob TEXT
);
CREATE INDEX persons_by_name ON persons (full_name, person_id);

CREATE TABLE posts (
    post_id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    unit_id TEXT REFERENCES units (unit_id),
    title TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('specialist', 'unit-head', 'leader', 'clerk', 'certificate-manager', 'it-officer', 'inspector', 'rater', 'archivist', 'administrator')),
    from_day TEXT NOT NULL,
    until_day TEXT,
    CHECK (role <> 'unit-head' OR unit_id IS NOT NULL)
);
CREATE INDEX posts_by_person ON posts (person_id);
CREATE INDEX posts_by_agency ON posts (agency_id, role);
CREATE INDEX posts_by_unit ON posts (unit_id, role);

CREATE TABLE signing_authorities (
    authority_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    capacity TEXT NOT NULL CHECK (capacity IN ('head', 'on-behalf', 'for-head', 'on-behalf-for-head', 'by-order', 'by-delegation', 'acting')),
    lines TEXT NOT NULL,
    basis TEXT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT
);
CREATE INDEX signing_authorities_by_agency ON signing_authorities (agency_id, from_day);
CREATE INDEX signing_authorities_by_person ON signing_authorities (person_id);

-- Accounts and sessions.

CREATE TABLE accounts (
    account_id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    login TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'locked', 'withdrawn')),
    failure_count BIGINT NOT NULL CHECK (failure_count >= 0),
    failure_until BIGINT,
    must_change_password BIGINT NOT NULL CHECK (must_change_password IN (0, 1)),
    created_at BIGINT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    CONSTRAINT accounts_login_key UNIQUE (login)
);
-- One account a person: withdrawn ones aside.
CREATE UNIQUE INDEX accounts_person_id_key ON accounts (person_id) WHERE state <> 'withdrawn';

CREATE TABLE password_history (
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    replaced_at BIGINT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, replaced_at)
);

CREATE TABLE sessions (
    session_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_account ON sessions (account_id, created_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Certificates and seals.

CREATE TABLE certificates (
    certificate_id TEXT NOT NULL PRIMARY KEY,
    serial TEXT NOT NULL,
    subject TEXT NOT NULL,
    issuer TEXT NOT NULL,
    thumbprint TEXT NOT NULL UNIQUE,
    holder_kind TEXT NOT NULL CHECK (holder_kind IN ('person', 'agency')),
    person_id TEXT REFERENCES persons (person_id),
    agency_id TEXT REFERENCES agencies (agency_id),
    keeper_id TEXT REFERENCES persons (person_id),
    state TEXT NOT NULL CHECK (state IN ('effective', 'suspended', 'revoked')),
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    der TEXT NOT NULL,
    chain TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK ((holder_kind = 'person' AND person_id IS NOT NULL AND agency_id IS NULL AND keeper_id IS NULL)
        OR (holder_kind = 'agency' AND agency_id IS NOT NULL AND person_id IS NULL))
);
CREATE INDEX certificates_by_person ON certificates (person_id, not_before);
CREATE INDEX certificates_by_agency ON certificates (agency_id, not_before);

CREATE TABLE seals (
    seal_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    picture_blob TEXT NOT NULL,
    diameter_um BIGINT NOT NULL CHECK (diameter_um > 0),
    from_day TEXT NOT NULL,
    until_day TEXT
);
CREATE INDEX seals_by_agency ON seals (agency_id, from_day);

-- Registers and numbers.

CREATE TABLE registers (
    register_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in', 'copies')),
    year BIGINT NOT NULL,
    name TEXT NOT NULL,
    next_number BIGINT NOT NULL CHECK (next_number >= 1),
    UNIQUE (agency_id, direction, year)
);

CREATE TABLE numbers (
    register_id TEXT NOT NULL REFERENCES registers (register_id),
    number BIGINT NOT NULL CHECK (number >= 1),
    state TEXT NOT NULL CHECK (state IN ('given', 'void')),
    notation TEXT NOT NULL,
    document_id TEXT NOT NULL,
    day TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    at BIGINT NOT NULL,
    void_reason TEXT,
    void_at BIGINT,
    void_by TEXT REFERENCES persons (person_id),
    PRIMARY KEY (register_id, number),
    CHECK ((state = 'given' AND void_reason IS NULL AND void_at IS NULL AND void_by IS NULL)
        OR (state = 'void' AND void_reason IS NOT NULL AND void_at IS NOT NULL AND void_by IS NOT NULL))
);
CREATE INDEX numbers_by_document ON numbers (document_id);
-- A document has one number that stands in a register.
CREATE UNIQUE INDEX numbers_register_id_document_id_key ON numbers (register_id, document_id) WHERE state = 'given';

-- Outgoing documents.

CREATE TABLE outgoing (
    outgoing_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    unit_id TEXT NOT NULL REFERENCES units (unit_id),
    drafter_id TEXT NOT NULL REFERENCES persons (person_id),
    authority_id TEXT REFERENCES signing_authorities (authority_id),
    signer_id TEXT REFERENCES persons (person_id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    urgency BIGINT NOT NULL CHECK (urgency BETWEEN 0 AND 3),
    state TEXT NOT NULL CHECK (state IN ('drafting', 'in-review', 'awaiting-signature', 'signed', 'numbered', 'sealed', 'issued', 'withdrawn')),
    state_json TEXT NOT NULL,
    state_since BIGINT NOT NULL,
    register_id TEXT REFERENCES registers (register_id),
    number BIGINT,
    notation TEXT,
    issued_day TEXT,
    source TEXT NOT NULL CHECK (source IN ('typeset', 'upload')),
    body TEXT NOT NULL,
    addressees TEXT NOT NULL,
    recipients_text TEXT NOT NULL,
    places TEXT,
    pages BIGINT NOT NULL CHECK (pages >= 0),
    current_blob TEXT,
    signed_blob TEXT,
    sealed_blob TEXT,
    reply_to TEXT,
    due_reply_day TEXT,
    search_text TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (state IN ('drafting', 'withdrawn') OR (signer_id IS NOT NULL AND authority_id IS NOT NULL AND current_blob IS NOT NULL)),
    CHECK (state NOT IN ('signed', 'numbered', 'sealed', 'issued') OR signed_blob IS NOT NULL),
    CHECK (state NOT IN ('sealed', 'issued') OR sealed_blob IS NOT NULL),
    CHECK ((state IN ('numbered', 'sealed', 'issued')) = (register_id IS NOT NULL)),
    CHECK ((register_id IS NULL) = (number IS NULL) AND (register_id IS NULL) = (notation IS NULL) AND (register_id IS NULL) = (issued_day IS NULL))
);
CREATE INDEX outgoing_newest ON outgoing (agency_id, state, updated_at, outgoing_id);
CREATE INDEX outgoing_urgent ON outgoing (agency_id, state, urgency, state_since, outgoing_id);
CREATE INDEX outgoing_by_drafter ON outgoing (drafter_id, state, updated_at, outgoing_id);
CREATE INDEX outgoing_by_signer ON outgoing (signer_id, state, updated_at, outgoing_id);
CREATE INDEX outgoing_by_unit ON outgoing (unit_id, state, updated_at, outgoing_id);
CREATE INDEX outgoing_by_reply ON outgoing (reply_to);

CREATE TABLE outgoing_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    outgoing_id TEXT NOT NULL REFERENCES outgoing (outgoing_id),
    version BIGINT NOT NULL,
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    why TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    content TEXT NOT NULL,
    blob TEXT,
    at BIGINT NOT NULL,
    UNIQUE (outgoing_id, version)
);

CREATE TABLE outgoing_recipients (
    outgoing_id TEXT NOT NULL REFERENCES outgoing (outgoing_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    position BIGINT NOT NULL,
    PRIMARY KEY (outgoing_id, agency_id)
);

CREATE TABLE files (
    file_id TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('attachment', 'main', 'report')),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes >= 0),
    sha256 TEXT NOT NULL,
    pages BIGINT,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX files_by_owner ON files (owner_id, position, file_id);

CREATE TABLE opinions (
    opinion_id TEXT NOT NULL PRIMARY KEY,
    outgoing_id TEXT NOT NULL REFERENCES outgoing (outgoing_id),
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    kind TEXT NOT NULL CHECK (kind IN ('comment', 'approve', 'return')),
    words TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX opinions_by_outgoing ON opinions (outgoing_id, at, opinion_id);

-- Signing sessions.

CREATE TABLE signings (
    signing_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    purpose TEXT NOT NULL CHECK (purpose IN ('person', 'seal')),
    certificate_id TEXT NOT NULL REFERENCES certificates (certificate_id),
    token_hash TEXT NOT NULL UNIQUE,
    consent TEXT NOT NULL CHECK (consent IN ('person', 'automatic')),
    state TEXT NOT NULL CHECK (state IN ('open', 'fetched', 'done', 'cancelled', 'expired')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    result TEXT,
    CHECK ((state IN ('open', 'fetched')) = (ended_at IS NULL))
);
CREATE INDEX signings_by_account ON signings (account_id, created_at);
CREATE INDEX signings_by_expiry ON signings (state, expires_at);

CREATE TABLE signing_items (
    signing_id TEXT NOT NULL REFERENCES signings (signing_id),
    item_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    outgoing_id TEXT NOT NULL REFERENCES outgoing (outgoing_id),
    document_version BIGINT NOT NULL,
    base_blob TEXT NOT NULL,
    prepared_blob TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'signed', 'failed', 'skipped')),
    problem TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (signing_id, item_id)
);
CREATE INDEX signing_items_by_outgoing ON signing_items (outgoing_id);

-- Deliveries.

CREATE TABLE deliveries (
    delivery_id TEXT NOT NULL PRIMARY KEY,
    outgoing_id TEXT NOT NULL REFERENCES outgoing (outgoing_id),
    from_agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    to_agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'arrived', 'returned', 'accepted', 'assigned', 'in-progress', 'completed', 'failed', 'expired')),
    idempotency_key TEXT NOT NULL UNIQUE,
    incoming_id TEXT,
    code TEXT,
    reason TEXT,
    queued_at BIGINT NOT NULL,
    sent_at BIGINT,
    updated_at BIGINT NOT NULL,
    UNIQUE (outgoing_id, to_agency_id)
);
CREATE INDEX deliveries_by_incoming ON deliveries (incoming_id);
CREATE INDEX deliveries_by_state ON deliveries (state, updated_at);

CREATE TABLE delivery_events (
    delivery_id TEXT NOT NULL REFERENCES deliveries (delivery_id),
    seq BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'arrived', 'returned', 'accepted', 'assigned', 'in-progress', 'completed', 'failed', 'expired')),
    code TEXT,
    words TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, seq)
);

-- Incoming documents and their lines.

CREATE TABLE incoming (
    incoming_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    delivery_id TEXT UNIQUE REFERENCES deliveries (delivery_id),
    from_agency_id TEXT REFERENCES agencies (agency_id),
    from_name TEXT NOT NULL,
    document_key TEXT NOT NULL,
    notation TEXT NOT NULL,
    number_text TEXT NOT NULL,
    issued_day TEXT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    urgency BIGINT NOT NULL CHECK (urgency BETWEEN 0 AND 3),
    signer_title TEXT NOT NULL,
    signer_name TEXT NOT NULL,
    pages BIGINT NOT NULL CHECK (pages >= 0),
    main_blob TEXT NOT NULL,
    package TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('arrived', 'checked', 'returned', 'accepted', 'registered', 'presented', 'directed', 'processing', 'completed')),
    state_json TEXT NOT NULL,
    state_since BIGINT NOT NULL,
    arrival_number BIGINT,
    arrival_day TEXT,
    closing_code TEXT,
    register_id TEXT REFERENCES registers (register_id),
    verdict TEXT,
    verdict_value TEXT,
    report_blob TEXT,
    leader_id TEXT REFERENCES persons (person_id),
    proposal TEXT NOT NULL,
    due_day TEXT,
    note TEXT NOT NULL,
    search_text TEXT NOT NULL,
    version BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK ((state IN ('registered', 'presented', 'directed', 'processing', 'completed')) = (arrival_number IS NOT NULL)),
    CHECK ((arrival_number IS NULL) = (arrival_day IS NULL) AND (arrival_number IS NULL) = (register_id IS NULL)),
    CHECK ((state = 'completed') = (closing_code IS NOT NULL)),
    CHECK (state NOT IN ('presented', 'directed', 'processing') OR leader_id IS NOT NULL)
);
CREATE INDEX incoming_newest ON incoming (agency_id, state, arrived_at, incoming_id);
CREATE INDEX incoming_urgent ON incoming (agency_id, state, urgency, state_since, incoming_id);
CREATE INDEX incoming_by_leader ON incoming (leader_id, state, arrived_at, incoming_id);
CREATE INDEX incoming_by_due ON incoming (agency_id, state, due_day);
CREATE INDEX incoming_by_key ON incoming (agency_id, document_key);

CREATE TABLE lines (
    line_id TEXT NOT NULL PRIMARY KEY,
    incoming_id TEXT NOT NULL REFERENCES incoming (incoming_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    parent_line_id TEXT REFERENCES lines (line_id),
    unit_id TEXT REFERENCES units (unit_id),
    person_id TEXT REFERENCES persons (person_id),
    part TEXT NOT NULL CHECK (part IN ('lead', 'support', 'information')),
    state TEXT NOT NULL CHECK (state IN ('to-do', 'doing', 'done', 'closed', 'returned', 'taken-back')),
    given_by TEXT NOT NULL REFERENCES persons (person_id),
    instruction TEXT NOT NULL,
    due_day TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    done_at BIGINT,
    closed_at BIGINT,
    result TEXT,
    reply_outgoing_id TEXT REFERENCES outgoing (outgoing_id),
    version BIGINT NOT NULL,
    CHECK (unit_id IS NOT NULL OR person_id IS NOT NULL)
);
CREATE INDEX lines_by_incoming ON lines (incoming_id, created_at, line_id);
CREATE INDEX lines_by_person ON lines (person_id, state, due_day, line_id);
CREATE INDEX lines_by_unit ON lines (unit_id, state, due_day, line_id);
CREATE INDEX lines_by_giver ON lines (given_by, state, due_day, line_id);
CREATE INDEX lines_by_parent ON lines (parent_line_id);
CREATE INDEX lines_by_agency ON lines (agency_id, state, due_day, line_id);

CREATE TABLE extensions (
    extension_id TEXT NOT NULL PRIMARY KEY,
    line_id TEXT NOT NULL REFERENCES lines (line_id),
    asked_by TEXT NOT NULL REFERENCES persons (person_id),
    asked_at BIGINT NOT NULL,
    until_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused')),
    decided_by TEXT REFERENCES persons (person_id),
    decided_at BIGINT,
    granted_until TEXT,
    decision_words TEXT,
    CHECK ((state = 'asked') = (decided_at IS NULL) AND (state = 'asked') = (decided_by IS NULL)),
    CHECK ((state = 'granted') = (granted_until IS NOT NULL)),
    CHECK ((state = 'refused') = (decision_words IS NOT NULL))
);
CREATE INDEX extensions_by_line ON extensions (line_id, asked_at);
CREATE UNIQUE INDEX extensions_line_id_key ON extensions (line_id) WHERE state = 'asked';

-- Notices, jobs.

CREATE TABLE notices (
    notice_id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    code TEXT NOT NULL,
    args TEXT NOT NULL,
    link TEXT NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notices_by_person ON notices (person_id, at, notice_id);
CREATE INDEX notices_unread ON notices (person_id) WHERE read_at IS NULL;

CREATE TABLE jobs (
    job_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dedupe_key TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'failed')),
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    max_attempts BIGINT NOT NULL CHECK (max_attempts >= 1),
    last_error TEXT,
    locked_by TEXT,
    locked_until BIGINT,
    ended_at BIGINT,
    created_at BIGINT NOT NULL,
    CHECK ((state = 'running') = (locked_by IS NOT NULL) AND (state = 'running') = (locked_until IS NOT NULL)),
    CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX jobs_dedupe_key_key ON jobs (dedupe_key) WHERE state IN ('ready', 'running');
CREATE INDEX jobs_due ON jobs (state, run_at, job_id);
CREATE INDEX jobs_leases ON jobs (state, locked_until);

-- The ledger.

CREATE TABLE ledger (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    account_id TEXT,
    person_id TEXT,
    agency_id TEXT,
    act TEXT NOT NULL,
    object_id TEXT NOT NULL,
    about TEXT NOT NULL,
    data TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);

CREATE TABLE ledger_objects (
    object_id TEXT NOT NULL,
    seq BIGINT NOT NULL REFERENCES ledger (seq),
    PRIMARY KEY (object_id, seq)
);
CREATE INDEX ledger_objects_by_seq ON ledger_objects (seq);

-- One row: where the chain ends. Its lock keeps the chain without gaps, and it betrays a cut tail.
CREATE TABLE ledger_head (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO ledger_head (one, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
