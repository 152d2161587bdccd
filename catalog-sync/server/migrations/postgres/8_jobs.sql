-- Work that outlives a request. `token` grows with each claim: what a worker writes counts only with the newest.
-- `lane` is what a job must have for itself, such as a catalogue; `node` the replica that has its files, or ''.
CREATE TABLE jobs (
    id          TEXT    NOT NULL PRIMARY KEY,
    kind        TEXT    NOT NULL,
    catalog     TEXT    NOT NULL,
    lane        TEXT    NOT NULL,
    node        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    cancelled   BIGINT  NOT NULL,
    input       TEXT    NOT NULL,
    output      TEXT    NOT NULL,
    error_code  TEXT    NOT NULL,
    error       TEXT    NOT NULL,
    attempts    BIGINT  NOT NULL,
    token       BIGINT  NOT NULL,
    worker      TEXT    NOT NULL,
    lease_ms    BIGINT  NOT NULL,
    due_ms      BIGINT  NOT NULL,
    made_ms     BIGINT  NOT NULL,
    started_ms  BIGINT  NOT NULL,
    ended_ms    BIGINT  NOT NULL,
    step        TEXT    NOT NULL,
    done        BIGINT  NOT NULL,
    total       BIGINT  NOT NULL,
    step_ms     BIGINT  NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state, due_ms);
CREATE INDEX jobs_by_catalog ON jobs (catalog, id);
CREATE UNIQUE INDEX jobs_one_in_a_lane ON jobs (lane) WHERE state = 'running';

-- What a job said.
CREATE TABLE job_lines (
    job    TEXT    NOT NULL,
    n      BIGINT  NOT NULL,
    at_ms  BIGINT  NOT NULL,
    text   TEXT    NOT NULL,
    PRIMARY KEY (job, n)
);

-- What a job set aside: where it stands, which product it would be, and why. `line` is 0 where there is none.
CREATE TABLE job_problems (
    job      TEXT    NOT NULL,
    n        BIGINT  NOT NULL,
    place    TEXT    NOT NULL,
    line     BIGINT  NOT NULL,
    product  TEXT    NOT NULL,
    title    TEXT    NOT NULL,
    code     TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    PRIMARY KEY (job, n)
);

-- Who does what only one replica at a time does.
CREATE TABLE leases (
    name      TEXT    NOT NULL PRIMARY KEY,
    owner     TEXT    NOT NULL,
    until_ms  BIGINT  NOT NULL
);

-- Catalogues that are made here. `build` is what was built last, `feed_*` where their feed is fetched from.
CREATE TABLE made_catalogs (
    id             TEXT    NOT NULL PRIMARY KEY,
    title          TEXT    NOT NULL,
    node           TEXT    NOT NULL,
    made_ms        BIGINT  NOT NULL,
    build          TEXT    NOT NULL,
    built_ms       BIGINT  NOT NULL,
    options        TEXT    NOT NULL,
    feed_url       TEXT    NOT NULL,
    feed_minutes   BIGINT  NOT NULL,
    feed_etag      TEXT    NOT NULL,
    feed_modified  TEXT    NOT NULL,
    feed_due_ms    BIGINT  NOT NULL
);

-- Their releases. `build` is what each of them holds.
CREATE TABLE made_releases (
    catalog   TEXT    NOT NULL,
    number    BIGINT  NOT NULL,
    build     TEXT    NOT NULL,
    at_ms     BIGINT  NOT NULL,
    actor     TEXT    NOT NULL,
    summary   TEXT    NOT NULL,
    PRIMARY KEY (catalog, number)
);
