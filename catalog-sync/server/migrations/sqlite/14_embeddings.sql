-- Whether what is asked and what is sold moves in the model's space. No embedding is here: `features` is the sum of the
-- random features of many, and no row says who asked.

-- The width of the kernel for a catalogue's model, measured once.
CREATE TABLE embedding_kernels (
    catalog    TEXT     NOT NULL,
    model      TEXT     NOT NULL,
    dimension  INTEGER  NOT NULL,
    width      REAL     NOT NULL,
    PRIMARY KEY (catalog, model)
) WITHOUT ROWID;

-- Sums of queries, of 50 or more. A process has rows of its own, which it writes over.
CREATE TABLE embedding_days (
    catalog   TEXT     NOT NULL,
    day       INTEGER  NOT NULL,
    model     TEXT     NOT NULL,
    kind      TEXT     NOT NULL,  -- words, image
    writer    TEXT     NOT NULL,
    searches  INTEGER  NOT NULL,
    spread    REAL     NOT NULL,
    spreads   INTEGER  NOT NULL,
    features  BLOB     NOT NULL,
    PRIMARY KEY (catalog, day, model, kind, writer)
);
CREATE INDEX embedding_days_by_day ON embedding_days (day);

-- Sums of products, by state of the catalogue.
CREATE TABLE embedding_releases (
    catalog   TEXT     NOT NULL,
    model     TEXT     NOT NULL,
    state     TEXT     NOT NULL,
    release   INTEGER  NOT NULL,
    at_ms     INTEGER  NOT NULL,
    products  INTEGER  NOT NULL,
    spread    REAL     NOT NULL,
    spreads   INTEGER  NOT NULL,
    features  BLOB     NOT NULL,
    PRIMARY KEY (catalog, model, state)
);

-- Searches that the server answered itself, by language and by the category of the best hit.
CREATE TABLE insight_shares (
    catalog   TEXT     NOT NULL,
    day       INTEGER  NOT NULL,
    part      TEXT     NOT NULL,  -- language, category
    value     TEXT     NOT NULL,
    searches  INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, part, value)
) WITHOUT ROWID;
