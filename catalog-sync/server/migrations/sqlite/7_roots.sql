-- Two publishers may give their catalogues one id. What is counted of a catalogue is counted under its id if its
-- first root is the catalogue's own here, and under `<root>/<id>` otherwise.

ALTER TABLE events ADD COLUMN root TEXT;  -- SHA-256 of the catalogue's first root; NULL where nobody said it

-- The first roots that a catalogue's id was met with.
CREATE TABLE catalog_roots (
    catalog   TEXT     NOT NULL,
    root      TEXT     NOT NULL,
    own       INTEGER  NOT NULL,  -- 1 for the one that is counted under the id alone
    since_ms  INTEGER  NOT NULL,
    PRIMARY KEY (catalog, root)
) WITHOUT ROWID;
CREATE UNIQUE INDEX catalog_roots_own ON catalog_roots (catalog) WHERE own = 1;

-- Releases in their log, as this backend published them or as devices say that they have seen them. Two hashes of
-- one number are two releases.
CREATE TABLE seen_releases (
    root       TEXT     NOT NULL,
    catalog    TEXT     NOT NULL,
    number     INTEGER  NOT NULL,
    hash       TEXT     NOT NULL,
    published  INTEGER  NOT NULL,  -- 1 if it was published here
    first_ms   INTEGER  NOT NULL,
    PRIMARY KEY (root, catalog, number, hash)
) WITHOUT ROWID;
