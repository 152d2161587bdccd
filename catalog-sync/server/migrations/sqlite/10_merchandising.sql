-- Versions of a catalogue's rules and synonyms; the newest is what searches obey. None changes. `of_number` is the
-- version that it repeats, or 0.
CREATE TABLE merchandising_versions (
    catalog    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    document   TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    of_number  INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (catalog, number)
);

-- What is being worked on, one for a catalogue. `revision` grows with each change.
CREATE TABLE merchandising_drafts (
    catalog    TEXT    NOT NULL PRIMARY KEY,
    document   TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    author     TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL
);
