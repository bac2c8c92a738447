-- Key devices with their custody history, permissions to take them out of the office, requests to
-- revoke certificates, findings, and the places from which sessions were opened and fetched.

CREATE TABLE devices (
    device_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    kind TEXT NOT NULL,
    serial TEXT NOT NULL,
    belongs TEXT NOT NULL CHECK (belongs IN ('person', 'agency')),
    decision_reference TEXT,
    decision_from_day TEXT,
    decision_until_day TEXT,
    state TEXT NOT NULL CHECK (state IN ('in-store', 'held', 'outside', 'locked', 'suspected', 'lost', 'returned')),
    since_at BIGINT NOT NULL,
    holder_id TEXT REFERENCES persons (person_id),
    permit_id TEXT,
    permit_until_at BIGINT,
    reported_by TEXT REFERENCES persons (person_id),
    created_at BIGINT NOT NULL,
    UNIQUE (agency_id, serial),
    CHECK ((decision_reference IS NULL) = (decision_from_day IS NULL)),
    CHECK (state NOT IN ('in-store', 'returned') OR holder_id IS NULL),
    CHECK (state NOT IN ('held', 'outside', 'locked', 'suspected') OR holder_id IS NOT NULL),
    CHECK ((state = 'outside') = (permit_id IS NOT NULL) AND (state = 'outside') = (permit_until_at IS NOT NULL)),
    CHECK ((state = 'suspected') = (reported_by IS NOT NULL))
);
CREATE INDEX devices_by_agency ON devices (agency_id, state, device_id);
CREATE INDEX devices_by_holder ON devices (holder_id);

-- Entries are only added: place 1 is the first, and none is left out.
CREATE TABLE device_custody (
    device_id TEXT NOT NULL REFERENCES devices (device_id),
    seq BIGINT NOT NULL CHECK (seq >= 1),
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    holder_id TEXT REFERENCES persons (person_id),
    by_id TEXT REFERENCES persons (person_id),
    words TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (device_id, seq)
);

ALTER TABLE certificates ADD COLUMN device_id TEXT REFERENCES devices (device_id);
CREATE INDEX certificates_by_device ON certificates (device_id);

-- What was on record before: each certificate's key is on a device of its own, with its person or
-- the clerk who keeps it.
INSERT INTO devices (device_id, agency_id, kind, serial, belongs, decision_reference, decision_from_day, state, since_at, holder_id, created_at)
SELECT 'dev_' || substr(c.certificate_id, 5),
    COALESCE(c.agency_id, (SELECT MIN(p.agency_id) FROM posts p WHERE p.person_id = c.person_id)),
    CASE (SELECT i.value FROM installation i WHERE i.key = 'mode') WHEN 'practice' THEN 'soft' ELSE 'token' END,
    'Chưa ghi số (' || c.serial || ')',
    c.holder_kind,
    CASE c.holder_kind WHEN 'agency' THEN 'Chưa ghi số quyết định' END,
    CASE c.holder_kind WHEN 'agency' THEN '2020-01-01' END,
    'held', c.created_at, COALESCE(c.person_id, c.keeper_id), c.created_at
FROM certificates c
WHERE COALESCE(c.person_id, c.keeper_id) IS NOT NULL
    AND (c.agency_id IS NOT NULL OR EXISTS (SELECT 1 FROM posts p WHERE p.person_id = c.person_id));

INSERT INTO device_custody (device_id, seq, step, state, holder_id, words, at)
SELECT d.device_id, 1, 'recorded', 'held', d.holder_id, 'Chuyển từ dữ liệu trước khi có sổ theo dõi thiết bị', d.created_at FROM devices d;

UPDATE certificates SET device_id = 'dev_' || substr(certificate_id, 5)
WHERE 'dev_' || substr(certificate_id, 5) IN (SELECT d.device_id FROM devices d);

CREATE TABLE permits (
    permit_id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (device_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    asked_by TEXT NOT NULL REFERENCES persons (person_id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    place TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'ended')),
    decided_at BIGINT,
    decided_by TEXT REFERENCES persons (person_id),
    decided_why TEXT,
    CHECK (until_at > from_at),
    CHECK ((state = 'asked') = (decided_at IS NULL))
);
CREATE INDEX permits_by_device ON permits (device_id, asked_at);
CREATE INDEX permits_by_agency ON permits (agency_id, state, asked_at);
-- One open request or permission a device.
CREATE UNIQUE INDEX permits_device_id_key ON permits (device_id) WHERE state IN ('asked', 'granted');

CREATE TABLE revocation_requests (
    request_id TEXT NOT NULL PRIMARY KEY,
    certificate_id TEXT NOT NULL REFERENCES certificates (certificate_id),
    device_id TEXT NOT NULL REFERENCES devices (device_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    reported_by TEXT NOT NULL REFERENCES persons (person_id),
    suspicion TEXT NOT NULL,
    words TEXT NOT NULL,
    noticed_at BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT REFERENCES persons (person_id),
    ended_why TEXT
);
CREATE INDEX revocation_requests_by_agency ON revocation_requests (agency_id, state, reported_at);
CREATE INDEX revocation_requests_by_device ON revocation_requests (device_id, reported_at);

CREATE TABLE findings (
    finding_id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    signing_id TEXT,
    certificate_id TEXT,
    device_id TEXT,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'looked-at', 'closed')),
    state_at BIGINT,
    state_by TEXT REFERENCES persons (person_id),
    conclusion TEXT,
    words TEXT,
    CHECK ((state = 'new') = (state_at IS NULL) AND (state = 'new') = (state_by IS NULL)),
    CHECK ((state = 'closed') = (conclusion IS NOT NULL) AND (state = 'closed') = (words IS NOT NULL))
);
CREATE INDEX findings_newest ON findings (at, finding_id);
CREATE INDEX findings_by_agency ON findings (agency_id, at, finding_id);
CREATE INDEX findings_by_state ON findings (state, at, finding_id);

CREATE TABLE signing_places (
    signing_id TEXT NOT NULL PRIMARY KEY REFERENCES signings (signing_id),
    opened_from TEXT,
    fetched_from TEXT
);
CREATE INDEX signings_by_certificate ON signings (certificate_id, state);
