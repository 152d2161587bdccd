-- Events as they came, with the columns that reports ask for. Ids are the 16 bytes of a UUID.
CREATE TABLE events (
    id           BLOB    NOT NULL PRIMARY KEY,
    name         TEXT     NOT NULL,
    catalog      TEXT     NOT NULL,
    release      INTEGER   NOT NULL,
    visit        BLOB    NOT NULL,
    search_id    BLOB,
    item_id      TEXT,
    position     INTEGER,
    search_term  TEXT,
    results      INTEGER,
    good_match   INTEGER,             -- 1 yes, 0 no, NULL not known
    at_ms        INTEGER   NOT NULL,  -- by the device's clock
    received_ms  INTEGER   NOT NULL,  -- by the database's replica that took it
    day          INTEGER   NOT NULL,  -- days since 1970-01-01 UTC
    payload      TEXT     NOT NULL   -- the event as JSON
);
CREATE INDEX events_by_day ON events (catalog, day);

-- One row for each product in a list that was shown.
CREATE TABLE listed_items (
    event_id  BLOB   NOT NULL,
    catalog   TEXT    NOT NULL,
    release   INTEGER  NOT NULL,
    day       INTEGER  NOT NULL,
    item_id   TEXT    NOT NULL,
    position  INTEGER  NOT NULL
);
CREATE INDEX listed_items_by_day ON listed_items (catalog, day);

-- Batches that were answered, so that the same one gets the same answer.
CREATE TABLE batches (
    key       TEXT    NOT NULL PRIMARY KEY,
    digest    BLOB   NOT NULL,
    outcome   TEXT,
    at_ms     INTEGER  NOT NULL
);
CREATE INDEX batches_by_age ON batches (at_ms);

-- Events that are to be published and are not yet, one row for each commit.
CREATE TABLE outbox (
    id             BLOB   NOT NULL PRIMARY KEY,
    body           BLOB   NOT NULL,
    claimed_until  INTEGER  NOT NULL
);

CREATE TABLE api_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    digest      BLOB   NOT NULL,
    name        TEXT    NOT NULL,
    catalog     TEXT    NOT NULL,
    scopes      TEXT    NOT NULL,
    created_ms  INTEGER  NOT NULL,
    revoked_ms  INTEGER
);

-- A row that a publisher holds while it replaces what may be replaced.
CREATE TABLE publishing (
    catalog  TEXT    NOT NULL PRIMARY KEY,
    at_ms    INTEGER  NOT NULL
);
