-- Lists that people keep under a name: filters and order as JSON pairs.

CREATE TABLE saved_views (
    view_id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES persons (person_id),
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    section TEXT NOT NULL CHECK (section IN ('work', 'incoming', 'outgoing')),
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    opens_first BIGINT NOT NULL CHECK (opens_first IN (0, 1)),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT saved_views_name_key UNIQUE (person_id, agency_id, section, name)
);
CREATE UNIQUE INDEX saved_views_opens_first_key ON saved_views (person_id, agency_id, section) WHERE opens_first = 1;
-- Lists by recipient, and the documents of a sender.
CREATE INDEX outgoing_recipients_by_agency ON outgoing_recipients (agency_id, outgoing_id);
CREATE INDEX incoming_by_sender ON incoming (agency_id, from_agency_id, arrived_at);
