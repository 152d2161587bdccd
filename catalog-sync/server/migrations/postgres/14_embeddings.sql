-- Whether what is asked and what is sold moves in the model's space. No embedding is here: `features` is the sum of the
-- random features of many, and no row says who asked.

-- The width of the kernel for a catalogue's model, measured once.
CREATE TABLE embedding_kernels (
    catalog    TEXT     NOT NULL,
    model      TEXT     NOT NULL,
    dimension  BIGINT   NOT NULL,
    width      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (catalog, model)
);

-- Sums of queries, of 50 or more. A process has rows of its own, which it writes over.
CREATE TABLE embedding_days (
    catalog   TEXT     NOT NULL,
    day       BIGINT   NOT NULL,
    model     TEXT     NOT NULL,
    kind      TEXT     NOT NULL,  -- words, image
    writer    TEXT     NOT NULL,
    searches  BIGINT   NOT NULL,
    spread    DOUBLE PRECISION NOT NULL,
    spreads   BIGINT   NOT NULL,
    features  BYTEA    NOT NULL,
    PRIMARY KEY (catalog, day, model, kind, writer)
);
CREATE INDEX embedding_days_by_day ON embedding_days (day);

-- Sums of products, by state of the catalogue.
CREATE TABLE embedding_releases (
    catalog   TEXT     NOT NULL,
    model     TEXT     NOT NULL,
    state     TEXT     NOT NULL,
    release   BIGINT   NOT NULL,
    at_ms     BIGINT   NOT NULL,
    products  BIGINT   NOT NULL,
    spread    DOUBLE PRECISION NOT NULL,
    spreads   BIGINT   NOT NULL,
    features  BYTEA    NOT NULL,
    PRIMARY KEY (catalog, model, state)
);

-- Searches that the server answered itself, by language and by the category of the best hit.
CREATE TABLE insight_shares (
    catalog   TEXT     NOT NULL,
    day       BIGINT   NOT NULL,
    part      TEXT     NOT NULL,  -- language, category
    value     TEXT     NOT NULL,
    searches  BIGINT   NOT NULL,
    PRIMARY KEY (catalog, day, part, value)
);
