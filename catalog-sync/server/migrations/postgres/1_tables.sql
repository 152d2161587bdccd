-- Events as they came, with the columns that reports ask for. Ids are the 16 bytes of a UUID.
CREATE TABLE events (
    id           BYTEA    NOT NULL PRIMARY KEY,
    name         TEXT     NOT NULL,
    catalog      TEXT     NOT NULL,
    release      BIGINT   NOT NULL,
    visit        BYTEA    NOT NULL,
    search_id    BYTEA,
    item_id      TEXT,
    position     BIGINT,
    search_term  TEXT,
    results      BIGINT,
    good_match   BIGINT,             -- 1 yes, 0 no, NULL not known
    at_ms        BIGINT   NOT NULL,  -- by the device's clock
    received_ms  BIGINT   NOT NULL,  -- by the database's replica that took it
    day          BIGINT   NOT NULL,  -- days since 1970-01-01 UTC
    payload      TEXT     NOT NULL   -- the event as JSON
);
CREATE INDEX events_by_day ON events (catalog, day);

-- One row for each product in a list that was shown.
CREATE TABLE listed_items (
    event_id  BYTEA   NOT NULL,
    catalog   TEXT    NOT NULL,
    release   BIGINT  NOT NULL,
    day       BIGINT  NOT NULL,
    item_id   TEXT    NOT NULL,
    position  BIGINT  NOT NULL
);
CREATE INDEX listed_items_by_day ON listed_items (catalog, day);

-- Batches that were answered, so that the same one gets the same answer.
CREATE TABLE batches (
    key       TEXT    NOT NULL PRIMARY KEY,
    digest    BYTEA   NOT NULL,
    outcome   TEXT,
    at_ms     BIGINT  NOT NULL
);
CREATE INDEX batches_by_age ON batches (at_ms);

-- Events that are to be published and are not yet, one row for each commit.
CREATE TABLE outbox (
    id             BYTEA   NOT NULL PRIMARY KEY,
    body           BYTEA   NOT NULL,
    claimed_until  BIGINT  NOT NULL
);

CREATE TABLE api_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    digest      BYTEA   NOT NULL,
    name        TEXT    NOT NULL,
    catalog     TEXT    NOT NULL,
    scopes      TEXT    NOT NULL,
    created_ms  BIGINT  NOT NULL,
    revoked_ms  BIGINT
);

-- A row that a publisher holds while it replaces what may be replaced.
CREATE TABLE publishing (
    catalog  TEXT    NOT NULL PRIMARY KEY,
    at_ms    BIGINT  NOT NULL
);
