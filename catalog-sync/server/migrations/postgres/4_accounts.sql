-- Who has an account. `password` has the parameters of its hash; NULL until a one-time link sets one.
CREATE TABLE people (
    id           TEXT    NOT NULL PRIMARY KEY,
    email        TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    password     TEXT,
    role         TEXT    NOT NULL,
    created_ms   BIGINT  NOT NULL,
    disabled_ms  BIGINT
);

-- One row for each browser or other client that is signed in. `digest` is that of a browser's secret.
CREATE TABLE sessions (
    id          TEXT    NOT NULL PRIMARY KEY,
    digest      BYTEA   NOT NULL,
    person      TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    agent       TEXT    NOT NULL,
    created_ms  BIGINT  NOT NULL,
    used_ms     BIGINT  NOT NULL,
    expires_ms  BIGINT  NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);

-- Tokens that a session was renewed with, used ones too: who shows a used one has a copy.
CREATE TABLE refresh_tokens (
    digest   BYTEA   NOT NULL PRIMARY KEY,
    session  TEXT    NOT NULL,
    used_ms  BIGINT
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);

-- The keys that access tokens are signed with.
CREATE TABLE token_keys (
    kid      TEXT    NOT NULL PRIMARY KEY,
    secret   BYTEA   NOT NULL,
    made_ms  BIGINT  NOT NULL
);

-- Links that set a password once.
CREATE TABLE password_links (
    digest      BYTEA   NOT NULL PRIMARY KEY,
    person      TEXT    NOT NULL,
    expires_ms  BIGINT  NOT NULL
);

-- How often signing in failed, for an account and for an address, each as a digest.
CREATE TABLE attempts (
    who       TEXT    NOT NULL PRIMARY KEY,
    failures  BIGINT  NOT NULL,
    at_ms     BIGINT  NOT NULL
);

-- What staff did. Nothing in it is changed or removed.
CREATE TABLE audit (
    id      TEXT    NOT NULL PRIMARY KEY,
    at_ms   BIGINT  NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    target  TEXT    NOT NULL,
    detail  TEXT    NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was made by a request with an Idempotency-Key.
CREATE TABLE made (
    owner   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    digest  BYTEA   NOT NULL,
    id      TEXT    NOT NULL,
    at_ms   BIGINT  NOT NULL,
    PRIMARY KEY (owner, key)
);

-- What belongs to one person.
CREATE TABLE favourites (
    person   TEXT    NOT NULL,
    catalog  TEXT    NOT NULL,
    product  TEXT    NOT NULL,
    at_ms    BIGINT  NOT NULL,
    PRIMARY KEY (person, catalog, product)
);
CREATE TABLE history (
    id       TEXT    NOT NULL PRIMARY KEY,
    person   TEXT    NOT NULL,
    catalog  TEXT    NOT NULL,
    product  TEXT    NOT NULL,
    at_ms    BIGINT  NOT NULL
);
CREATE INDEX history_by_person ON history (person, at_ms);
CREATE TABLE tastes (
    person  TEXT    NOT NULL PRIMARY KEY,
    body    TEXT    NOT NULL,
    at_ms   BIGINT  NOT NULL
);

-- The second wall: a connection sees the rows of the person that its transaction names, and of nobody
-- before it names one. FORCE: the tables' owner, too.
ALTER TABLE favourites ENABLE ROW LEVEL SECURITY;
ALTER TABLE favourites FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON favourites USING (person = nullif(current_setting('knytt.person', true), ''));
ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON history USING (person = nullif(current_setting('knytt.person', true), ''));
ALTER TABLE tastes ENABLE ROW LEVEL SECURITY;
ALTER TABLE tastes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON tastes USING (person = nullif(current_setting('knytt.person', true), ''));

-- Keys of pages are for their origins, and every key may have a limit of its own.
ALTER TABLE api_keys ADD COLUMN origins TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN rate_per_minute BIGINT;
