-- Who has an account. `password` has the parameters of its hash; NULL until a one-time link sets one.
CREATE TABLE people (
    id           TEXT    NOT NULL PRIMARY KEY,
    email        TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    password     TEXT,
    role         TEXT    NOT NULL,
    created_ms   INTEGER  NOT NULL,
    disabled_ms  INTEGER
);

-- One row for each browser or other client that is signed in. `digest` is that of a browser's secret.
CREATE TABLE sessions (
    id          TEXT    NOT NULL PRIMARY KEY,
    digest      BLOB    NOT NULL,
    person      TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    agent       TEXT    NOT NULL,
    created_ms  INTEGER  NOT NULL,
    used_ms     INTEGER  NOT NULL,
    expires_ms  INTEGER  NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);

-- Tokens that a session was renewed with, used ones too: who shows a used one has a copy.
CREATE TABLE refresh_tokens (
    digest   BLOB    NOT NULL PRIMARY KEY,
    session  TEXT    NOT NULL,
    used_ms  INTEGER
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);

-- The keys that access tokens are signed with.
CREATE TABLE token_keys (
    kid      TEXT    NOT NULL PRIMARY KEY,
    secret   BLOB    NOT NULL,
    made_ms  INTEGER  NOT NULL
);

-- Links that set a password once.
CREATE TABLE password_links (
    digest      BLOB    NOT NULL PRIMARY KEY,
    person      TEXT    NOT NULL,
    expires_ms  INTEGER  NOT NULL
);

-- How often signing in failed, for an account and for an address, each as a digest.
CREATE TABLE attempts (
    who       TEXT    NOT NULL PRIMARY KEY,
    failures  INTEGER  NOT NULL,
    at_ms     INTEGER  NOT NULL
);

-- What staff did. Nothing in it is changed or removed.
CREATE TABLE audit (
    id      TEXT    NOT NULL PRIMARY KEY,
    at_ms   INTEGER  NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    target  TEXT    NOT NULL,
    detail  TEXT    NOT NULL
);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- What was made by a request with an Idempotency-Key.
CREATE TABLE made (
    owner   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    digest  BLOB    NOT NULL,
    id      TEXT    NOT NULL,
    at_ms   INTEGER  NOT NULL,
    PRIMARY KEY (owner, key)
);

-- What belongs to one person.
CREATE TABLE favourites (
    person   TEXT    NOT NULL,
    catalog  TEXT    NOT NULL,
    product  TEXT    NOT NULL,
    at_ms    INTEGER  NOT NULL,
    PRIMARY KEY (person, catalog, product)
);
CREATE TABLE history (
    id       TEXT    NOT NULL PRIMARY KEY,
    person   TEXT    NOT NULL,
    catalog  TEXT    NOT NULL,
    product  TEXT    NOT NULL,
    at_ms    INTEGER  NOT NULL
);
CREATE INDEX history_by_person ON history (person, at_ms);
CREATE TABLE tastes (
    person  TEXT    NOT NULL PRIMARY KEY,
    body    TEXT    NOT NULL,
    at_ms   INTEGER  NOT NULL
);

-- Keys of pages are for their origins, and every key may have a limit of its own.
ALTER TABLE api_keys ADD COLUMN origins TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN rate_per_minute INTEGER;
