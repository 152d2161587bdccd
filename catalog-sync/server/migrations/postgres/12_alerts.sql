-- Alerts: rules, what they found, and who is told.
-- Replicas of an older version wait meanwhile: they would not keep the counts.
LOCK TABLE events IN EXCLUSIVE MODE;

-- `catalog` is one catalogue, or '' for the server and for each catalogue without a rule of its own for the metric.
CREATE TABLE alert_rules (
    id              TEXT    NOT NULL PRIMARY KEY,
    catalog         TEXT    NOT NULL,
    metric          TEXT    NOT NULL,
    comparison      TEXT    NOT NULL,
    threshold       DOUBLE PRECISION    NOT NULL,
    window_minutes  BIGINT NOT NULL,
    minimum         BIGINT NOT NULL,
    enabled         BIGINT NOT NULL,
    made_ms         BIGINT NOT NULL,
    actor           TEXT    NOT NULL
);

-- `subject` is what of the catalogue or the server it is about: a kind of job, a kiosk. `fine_ms` is since when the
-- rule holds again; 0 while it does not.
CREATE TABLE alerts (
    id               TEXT    NOT NULL PRIMARY KEY,
    rule             TEXT    NOT NULL,
    metric           TEXT    NOT NULL,
    catalog          TEXT    NOT NULL,
    subject          TEXT    NOT NULL,
    value            DOUBLE PRECISION    NOT NULL,
    expected         DOUBLE PRECISION    NOT NULL,
    count            BIGINT NOT NULL,
    text             TEXT    NOT NULL,
    opened_ms        BIGINT NOT NULL,
    seen_ms          BIGINT NOT NULL,
    fine_ms          BIGINT NOT NULL,
    resolved_ms      BIGINT NOT NULL,
    acknowledged_ms  BIGINT NOT NULL,
    acknowledged_by  TEXT    NOT NULL,
    note             TEXT    NOT NULL
);
CREATE UNIQUE INDEX alerts_open_once ON alerts (rule, catalog, subject) WHERE resolved_ms = 0;
CREATE INDEX alerts_by_resolved ON alerts (resolved_ms);

-- Who is told: a webhook's address or an e-mail address. `secret` signs the bodies of a webhook.
CREATE TABLE alert_channels (
    id       TEXT    NOT NULL PRIMARY KEY,
    kind     TEXT    NOT NULL,
    address  TEXT    NOT NULL,
    catalog  TEXT    NOT NULL,  -- '' for all
    secret   TEXT    NOT NULL,
    made_ms  BIGINT NOT NULL,
    actor    TEXT    NOT NULL
);

-- What is told. `state` is waiting, sent or given_up.
CREATE TABLE alert_deliveries (
    id        TEXT    NOT NULL PRIMARY KEY,
    alert     TEXT    NOT NULL,
    channel   TEXT    NOT NULL,
    event     TEXT    NOT NULL,  -- opened, resolved, test
    body      TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    attempts  BIGINT NOT NULL,
    due_ms    BIGINT NOT NULL,
    made_ms   BIGINT NOT NULL,
    ended_ms  BIGINT NOT NULL,
    error     TEXT    NOT NULL
);
CREATE INDEX alert_deliveries_by_state ON alert_deliveries (state, due_ms);
CREATE INDEX alert_deliveries_by_channel ON alert_deliveries (channel, made_ms);

-- What the server answered in each of the last minutes since 1970, and how long that took: a sketch.
CREATE TABLE recent_answers (
    minute   BIGINT NOT NULL,
    catalog  TEXT    NOT NULL,
    answers  BIGINT NOT NULL,
    refused  BIGINT NOT NULL,
    failed   BIGINT NOT NULL,
    PRIMARY KEY (minute, catalog)
);
CREATE TABLE recent_latency (
    minute   BIGINT NOT NULL,
    catalog  TEXT    NOT NULL,
    bucket   BIGINT NOT NULL,
    answers  BIGINT NOT NULL,
    PRIMARY KEY (minute, catalog, bucket)
);

-- What was counted of a day by a time of that day, so that an hour of today is compared with the same hour of earlier
-- weeks as it was known then. `slot` counts steps of two minutes from midnight.
CREATE TABLE counted_so_far (
    day          BIGINT NOT NULL,
    slot         BIGINT NOT NULL,
    catalog      TEXT    NOT NULL,
    searches     BIGINT NOT NULL,
    zero_result  BIGINT NOT NULL,
    clicked      BIGINT NOT NULL,
    PRIMARY KEY (day, slot, catalog)
);
CREATE INDEX insight_days_by_day ON insight_days (day);

-- Kiosks that gave signs of life.
CREATE TABLE kiosks (
    name     TEXT    NOT NULL PRIMARY KEY,
    store    TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    release  BIGINT NOT NULL,
    seen_ms  BIGINT NOT NULL
);

-- Until when devices accept what is published here: the earliest end of a signature. `refreshed` is 1 where this
-- server signs anew by itself.
CREATE TABLE release_signatures (
    catalog     TEXT    NOT NULL PRIMARY KEY,
    release     BIGINT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    refreshed   BIGINT NOT NULL,
    looked_ms   BIGINT NOT NULL
);

-- Words and products by ten days, so that long windows find those that were wanted most in few rows. They are kept by
-- the transactions that store the events, and are filled here from the days.
CREATE TABLE insight_query_blocks (
    catalog        TEXT     NOT NULL,
    block          BIGINT  NOT NULL,  -- ten days since 1970
    query          TEXT     NOT NULL,
    searches       BIGINT  NOT NULL,
    zero_result    BIGINT  NOT NULL,
    no_good_match  BIGINT  NOT NULL,
    visitors       BIGINT  NOT NULL,
    PRIMARY KEY (catalog, block, query)
);
INSERT INTO insight_query_blocks (catalog, block, query, searches, zero_result, no_good_match, visitors)
SELECT catalog, day / 10, query, SUM(searches), SUM(zero_result), SUM(no_good_match), SUM(visitors)
FROM insight_queries GROUP BY catalog, day / 10, query;
CREATE INDEX insight_query_blocks_by_searches ON insight_query_blocks (catalog, block, searches DESC);
CREATE INDEX insight_query_blocks_by_zero_result ON insight_query_blocks (catalog, block, zero_result DESC)
    WHERE zero_result > 0;
CREATE INDEX insight_query_blocks_by_no_good_match ON insight_query_blocks (catalog, block, no_good_match DESC)
    WHERE no_good_match > 0;

CREATE TABLE product_blocks (
    catalog     TEXT     NOT NULL,
    block       BIGINT  NOT NULL,
    item_id     TEXT     NOT NULL,
    selected    BIGINT  NOT NULL,
    viewed      BIGINT  NOT NULL,
    wishlisted  BIGINT  NOT NULL,
    carted      BIGINT  NOT NULL,
    purchased   BIGINT  NOT NULL,
    events      BIGINT  NOT NULL,
    PRIMARY KEY (catalog, block, item_id)
);
INSERT INTO product_blocks (catalog, block, item_id, selected, viewed, wishlisted, carted, purchased, events)
SELECT catalog, day / 10, item_id, SUM(selected), SUM(viewed), SUM(wishlisted), SUM(carted), SUM(purchased),
    SUM(events)
FROM product_days GROUP BY catalog, day / 10, item_id;
CREATE INDEX product_blocks_by_events ON product_blocks (catalog, block, events DESC);

-- How near the best hit of searches was, which the server answered itself: the cosine similarity in steps of 1/40.
CREATE TABLE insight_scores (
    catalog   TEXT     NOT NULL,
    day       BIGINT  NOT NULL,
    release   BIGINT  NOT NULL,
    channel   TEXT     NOT NULL,
    kind      TEXT     NOT NULL,
    bucket    BIGINT  NOT NULL,
    searches  BIGINT  NOT NULL,
    PRIMARY KEY (catalog, day, release, channel, kind, bucket)
);
CREATE INDEX insight_scores_by_day ON insight_scores (day);
