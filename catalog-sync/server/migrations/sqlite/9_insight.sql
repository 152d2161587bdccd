-- What the console's page Insight reads: counts by catalogue, day and release. They are kept by the transactions that
-- store events, and by what counts the answers of the server itself. What is here of events is filled in, words
-- excepted: only words that may be shown are counted, and the database cannot tell.

-- A search's day, release and way in, once they are known, and what came of it: 1 they are known, 2 a product was
-- chosen, 4 put into the basket, 8 bought. Until they are known, nothing of it is counted below.
ALTER TABLE funnel ADD COLUMN searched_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel ADD COLUMN release INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE funnel ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE funnel ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel ADD COLUMN prior_marks INTEGER NOT NULL DEFAULT 0;  -- the marks before the last change

-- Searches by way in, and of these searches, on whatever day that was, those that led to a choice, a basket, a purchase.
CREATE TABLE insight_days (
    catalog        TEXT     NOT NULL,
    day            INTEGER  NOT NULL,
    release        INTEGER  NOT NULL,
    channel        TEXT     NOT NULL,  -- app, web, api
    kind           TEXT     NOT NULL,  -- words, image, both, similar, camera, browse
    searches       INTEGER  NOT NULL,
    zero_result    INTEGER  NOT NULL,
    no_good_match  INTEGER  NOT NULL,
    clicked        INTEGER  NOT NULL,
    carted         INTEGER  NOT NULL,
    purchased      INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, release, channel, kind)
) WITHOUT ROWID;

-- What was done, on the day on which it was done. `places` is the sum of the places of `placed` choices.
CREATE TABLE insight_actions (
    catalog     TEXT     NOT NULL,
    day         INTEGER  NOT NULL,
    release     INTEGER  NOT NULL,
    channel     TEXT     NOT NULL,  -- app, web, api, shop
    clicks      INTEGER  NOT NULL,
    placed      INTEGER  NOT NULL,
    places      INTEGER  NOT NULL,
    viewed      INTEGER  NOT NULL,
    wishlisted  INTEGER  NOT NULL,
    carted      INTEGER  NOT NULL,
    purchased   INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, release, channel)
) WITHOUT ROWID;

-- Who searched on a day: a visit of an app, or an address of a day as only the server can name it. Release -1 stands
-- for all of them.
CREATE TABLE insight_seen (
    catalog  TEXT     NOT NULL,
    day      INTEGER  NOT NULL,
    release  INTEGER  NOT NULL,
    channel  TEXT     NOT NULL,
    visitor  BLOB     NOT NULL,
    PRIMARY KEY (catalog, day, release, channel, visitor)
) WITHOUT ROWID;
CREATE INDEX insight_seen_by_day ON insight_seen (day);
CREATE TABLE insight_visitors (
    catalog   TEXT     NOT NULL,
    day       INTEGER  NOT NULL,
    release   INTEGER  NOT NULL,
    channel   TEXT     NOT NULL,
    visitors  INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, release, channel)
) WITHOUT ROWID;

-- What was bought, in ten-thousandths of the currency.
CREATE TABLE insight_revenue (
    catalog   TEXT     NOT NULL,
    day       INTEGER  NOT NULL,
    release   INTEGER  NOT NULL,
    currency  TEXT     NOT NULL,
    sales     INTEGER  NOT NULL,
    amount    INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, release, currency)
) WITHOUT ROWID;

-- Words that may be shown, with how many visitors asked them. A visitor counts on the first day on which these words came.
CREATE TABLE insight_asked (
    catalog  TEXT     NOT NULL,
    day      INTEGER  NOT NULL,
    query    TEXT     NOT NULL,
    visitor  BLOB     NOT NULL,
    PRIMARY KEY (catalog, query, visitor)
) WITHOUT ROWID;
CREATE INDEX insight_asked_by_day ON insight_asked (day);
CREATE TABLE insight_queries (
    catalog        TEXT     NOT NULL,
    day            INTEGER  NOT NULL,
    query          TEXT     NOT NULL,
    searches       INTEGER  NOT NULL,
    zero_result    INTEGER  NOT NULL,
    no_good_match  INTEGER  NOT NULL,
    visitors       INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, query)
) WITHOUT ROWID;

-- What the server answered itself. Catalogue '' has the requests that named none of those that are searched.
CREATE TABLE insight_answers (
    catalog   TEXT     NOT NULL,
    day       INTEGER  NOT NULL,
    release   INTEGER  NOT NULL,
    answers   INTEGER  NOT NULL,
    cached    INTEGER  NOT NULL,
    refused   INTEGER  NOT NULL,  -- 4xx
    failed    INTEGER  NOT NULL,  -- 5xx
    PRIMARY KEY (catalog, day, release)
) WITHOUT ROWID;

-- How long its stages took: a sketch, one row for each bucket.
CREATE TABLE insight_latency (
    catalog  TEXT     NOT NULL,
    day      INTEGER  NOT NULL,
    release  INTEGER  NOT NULL,
    stage    TEXT     NOT NULL,
    bucket   INTEGER  NOT NULL,
    answers  INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, release, stage, bucket)
) WITHOUT ROWID;

-- Events that are counted under their catalogue's own id.
CREATE VIEW counted_events AS
SELECT e.id, e.name, e.catalog, e.release, e.day, e.visit, e.search_id, e.position, e.results, e.good_match, e.bound,
    e.payload,
    CASE json_extract(e.payload, '$.model') WHEN 'web' THEN 'web' WHEN 'order' THEN 'shop' ELSE 'app' END AS channel,
    COALESCE(json_extract(e.payload, '$.kind'), CASE WHEN e.search_term IS NULL THEN 'image' ELSE 'words' END) AS kind
FROM events AS e LEFT JOIN catalog_roots AS r ON r.catalog = e.catalog AND r.root = e.root
WHERE LENGTH(e.catalog) <= 100 AND (e.root IS NULL OR r.own = 1);

UPDATE funnel SET searched_day = e.day, release = e.release, channel = e.channel, kind = e.kind, marks = 1
FROM (SELECT id, day, release, channel, kind FROM counted_events WHERE name = 'search' AND channel = 'app') AS e
WHERE e.id = funnel.search_id;
UPDATE funnel SET marks = funnel.marks + s.marks
FROM (
    SELECT search_id,
        MAX(CASE WHEN name IN ('select_item', 'view_item', 'share', 'add_to_wishlist', 'add_to_cart', 'purchase')
            THEN 2 ELSE 0 END)
        + MAX(CASE WHEN name IN ('add_to_cart', 'purchase') THEN 4 ELSE 0 END)
        + MAX(CASE WHEN name = 'purchase' THEN 8 ELSE 0 END) AS marks
    FROM events WHERE search_id IS NOT NULL GROUP BY search_id
) AS s
WHERE s.search_id = funnel.search_id;

INSERT INTO insight_days (catalog, day, release, channel, kind, searches, zero_result, no_good_match, clicked, carted,
    purchased)
SELECT catalog, day, release, channel, kind, SUM(searches), SUM(zero_result), SUM(no_good_match), SUM(clicked),
    SUM(carted), SUM(purchased)
FROM (
    SELECT catalog, day, release, channel, kind, 1 AS searches,
        CASE WHEN results = 0 THEN 1 ELSE 0 END AS zero_result,
        CASE WHEN results > 0 AND good_match = 0 THEN 1 ELSE 0 END AS no_good_match,
        0 AS clicked, 0 AS carted, 0 AS purchased
    FROM counted_events WHERE name = 'search' AND channel = 'app'
    UNION ALL
    SELECT catalog, searched_day, release, channel, kind, 0, 0, 0, marks / 2 % 2, marks / 4 % 2, marks / 8 % 2
    FROM funnel WHERE marks % 2 = 1
) AS counted GROUP BY catalog, day, release, channel, kind;

INSERT INTO insight_actions (catalog, day, release, channel, clicks, placed, places, viewed, wishlisted, carted,
    purchased)
SELECT catalog, day, release, channel,
    COUNT(CASE WHEN name = 'select_item' THEN 1 END),
    COUNT(CASE WHEN name = 'select_item' AND position BETWEEN 1 AND 1000 THEN 1 END),
    COALESCE(SUM(CASE WHEN name = 'select_item' AND position BETWEEN 1 AND 1000 THEN position END), 0),
    COUNT(CASE WHEN name = 'view_item' THEN 1 END),
    COUNT(CASE WHEN name = 'add_to_wishlist' THEN 1 END),
    COUNT(CASE WHEN name = 'add_to_cart' THEN 1 END),
    COUNT(CASE WHEN name = 'purchase' THEN 1 END)
FROM counted_events
WHERE name IN ('select_item', 'view_item', 'add_to_wishlist', 'add_to_cart', 'purchase')
GROUP BY catalog, day, release, channel;

INSERT INTO insight_seen (catalog, day, release, channel, visitor)
SELECT DISTINCT catalog, day, release, channel, visit FROM counted_events WHERE name = 'search' AND channel = 'app'
UNION ALL
SELECT DISTINCT catalog, day, -1, channel, visit FROM counted_events WHERE name = 'search' AND channel = 'app';
INSERT INTO insight_visitors (catalog, day, release, channel, visitors)
SELECT catalog, day, release, channel, COUNT(*) FROM insight_seen GROUP BY catalog, day, release, channel;

-- The orders that named their value, and what apps with an ingest key told.
INSERT INTO insight_revenue (catalog, day, release, currency, sales, amount)
SELECT catalog, day, release, currency, COUNT(*), SUM(CAST(ROUND(CAST(value AS REAL) * 10000) AS INTEGER))
FROM (
    SELECT catalog, at_ms / 86400000 AS day, 0 AS release, currency, value FROM orders
    UNION ALL
    SELECT catalog, day, release, json_extract(payload, '$.currency'), json_extract(payload, '$.value')
    FROM counted_events WHERE name = 'purchase' AND channel = 'app' AND bound = 1
) AS bought
WHERE LENGTH(currency) = 3 AND currency GLOB '[A-Z][A-Z][A-Z]'
    AND value GLOB '[0-9]*' AND NOT value GLOB '*[^0-9.]*' AND NOT value GLOB '*.*.*' AND LENGTH(value) <= 14
GROUP BY catalog, day, release, currency;

DROP VIEW counted_events;
