-- Experiments of a catalogue's settings. `definition` is JSON: arms, metric, what is to be seen. `state` is draft, running
-- or ended; `shipped` the arm that became the setting of all, or -1.
CREATE TABLE experiments (
    id          TEXT    NOT NULL PRIMARY KEY,
    catalog     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    definition  TEXT    NOT NULL,
    secret      TEXT    NOT NULL,  -- what assigns visitors to arms
    author      TEXT    NOT NULL,
    created_ms  INTEGER NOT NULL,
    started_ms  INTEGER NOT NULL,
    ended_ms    INTEGER NOT NULL,
    shipped     INTEGER NOT NULL
);
CREATE INDEX experiments_by_catalog ON experiments (catalog, created_ms);
-- One at a time: searches of a catalogue are in one experiment.
CREATE UNIQUE INDEX experiments_running ON experiments (catalog) WHERE state = 'running';

-- Versions of how a catalogue ranks; the newest is what searches obey in place of the catalogue's own weights.
CREATE TABLE ranking_versions (
    catalog    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    weights    TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (catalog, number)
);

-- Searches in experiments, and those of them, on whatever day that was, that led to a choice, a basket, a purchase, as
-- far as it is believed. In a merged list each search is one of both arms, and a choice is of the arm that has the
-- product on its team.
CREATE TABLE experiment_days (
    experiment     TEXT    NOT NULL,
    arm            INTEGER NOT NULL,
    day            INTEGER NOT NULL,
    searches       INTEGER NOT NULL,
    zero_result    INTEGER NOT NULL,
    no_good_match  INTEGER NOT NULL,
    clicked        INTEGER NOT NULL,
    carted         INTEGER NOT NULL,
    purchased      INTEGER NOT NULL,
    PRIMARY KEY (experiment, arm, day)
) WITHOUT ROWID;

-- Who searched in an arm on a day, and how many they were.
CREATE TABLE experiment_seen (
    experiment  TEXT    NOT NULL,
    arm         INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    visitor     BLOB    NOT NULL,
    PRIMARY KEY (experiment, arm, day, visitor)
) WITHOUT ROWID;
CREATE INDEX experiment_seen_by_day ON experiment_seen (day);
CREATE TABLE experiment_visitors (
    experiment  TEXT    NOT NULL,
    arm         INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    visitors    INTEGER NOT NULL,
    PRIMARY KEY (experiment, arm, day)
) WITHOUT ROWID;

-- How long the server took for answers of an arm: a sketch, one row for each bucket.
CREATE TABLE experiment_latency (
    experiment  TEXT    NOT NULL,
    arm         INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    bucket      INTEGER NOT NULL,
    answers     INTEGER NOT NULL,
    PRIMARY KEY (experiment, arm, day, bucket)
) WITHOUT ROWID;

-- A search's experiment and arm, once they are known; -1 for a merged list. `marks` has besides, of what is believed:
-- 16 a product was chosen, 32 put into the basket, 64 bought, 128 one of the control's team chosen, 256 one of the
-- variant's.
ALTER TABLE funnel ADD COLUMN experiment TEXT NOT NULL DEFAULT '';
ALTER TABLE funnel ADD COLUMN arm INTEGER NOT NULL DEFAULT 0;
