-- Where the key of a session lies, and conversations with services that hold keys.

ALTER TABLE signings ADD COLUMN means TEXT NOT NULL DEFAULT 'agent' CHECK (means IN ('agent', 'service', 'sim', 'tool'));

-- Keys that services hold for persons, and for agencies whose signature a person keeps. No secret is in it.
CREATE TABLE credentials (
    credential_id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    service TEXT NOT NULL,
    holder TEXT NOT NULL,
    name_there TEXT NOT NULL,
    certificate_id TEXT NOT NULL REFERENCES certificates (certificate_id),
    algorithm TEXT NOT NULL,
    consent TEXT NOT NULL CHECK (consent IN ('on-device', 'page')),
    multisign BIGINT NOT NULL CHECK (multisign >= 1),
    scal BIGINT NOT NULL CHECK (scal IN (1, 2)),
    linked_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE UNIQUE INDEX credentials_name_there_key ON credentials (person_id, agency_id, service, holder, name_there) WHERE removed_at IS NULL;
CREATE INDEX credentials_by_certificate ON credentials (certificate_id);

-- What a session and a service have said to each other. The checkpoint holds no token, no agreement and no key.
CREATE TABLE remote_signings (
    signing_id TEXT NOT NULL PRIMARY KEY REFERENCES signings (signing_id),
    credential_id TEXT NOT NULL REFERENCES credentials (credential_id),
    wanted TEXT NOT NULL,
    display TEXT NOT NULL,
    code TEXT NOT NULL,
    deadline BIGINT NOT NULL,
    asked BIGINT NOT NULL CHECK (asked IN (0, 1)),
    checkpoint TEXT,
    page TEXT,
    ending TEXT,
    certainty TEXT CHECK (certainty IN ('nothing-signed', 'maybe-signed', 'signed')),
    said TEXT,
    late TEXT,
    settled TEXT CHECK (settled IN ('no-signature', 'signature-unused')),
    settled_at BIGINT,
    updated_at BIGINT NOT NULL,
    CHECK ((ending IS NULL) = (certainty IS NULL)),
    CHECK ((settled IS NULL) = (settled_at IS NULL))
);
CREATE INDEX remote_signings_by_credential ON remote_signings (credential_id);
