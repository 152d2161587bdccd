-- Reports read counts instead of all events. They are kept by the transactions that store the events and are
-- filled here from those that are there. Events of a catalogue whose name is longer than may be published
-- are not counted.

-- Replicas of an older version wait, and then fail at a table that is gone.
LOCK TABLE events IN EXCLUSIVE MODE;

-- Catalogues whose events are taken, besides those that are published here or have an API key.
CREATE TABLE catalogs (
    name      TEXT     NOT NULL PRIMARY KEY,
    since_ms  BIGINT   NOT NULL
);
INSERT INTO catalogs (name, since_ms)
SELECT catalog, MIN(received_ms) FROM events WHERE LENGTH(catalog) <= 100 GROUP BY catalog;

-- Keys that a catalogue's releases name, so that devices which have the release send them with events.
CREATE TABLE ingest_keys (
    catalog     TEXT     NOT NULL,
    ingest_key  TEXT     NOT NULL,
    created_ms  BIGINT   NOT NULL,
    until_ms    BIGINT,             -- NULL for the newest, which has no end
    PRIMARY KEY (catalog, ingest_key)
);
ALTER TABLE events ADD COLUMN bound BIGINT NOT NULL DEFAULT 0;  -- 1 if it came with a key of its catalogue

-- What a catalogue stored on a day of arrival.
CREATE TABLE intake (
    catalog  TEXT     NOT NULL,
    day      BIGINT   NOT NULL,
    events   BIGINT   NOT NULL,
    bytes    BIGINT   NOT NULL,
    PRIMARY KEY (catalog, day)
);

CREATE TABLE activity (
    catalog        TEXT     NOT NULL,
    day            BIGINT   NOT NULL,
    release        BIGINT   NOT NULL,
    searches       BIGINT   NOT NULL,
    with_words     BIGINT   NOT NULL,
    zero_result    BIGINT   NOT NULL,
    no_good_match  BIGINT   NOT NULL,
    selected       BIGINT   NOT NULL,
    viewed         BIGINT   NOT NULL,
    wishlisted     BIGINT   NOT NULL,
    carted         BIGINT   NOT NULL,
    purchased      BIGINT   NOT NULL,
    events         BIGINT   NOT NULL,
    bound          BIGINT   NOT NULL,  -- of the events, those with a key of the catalogue
    PRIMARY KEY (catalog, day, release)
);
INSERT INTO activity (catalog, day, release, searches, with_words, zero_result, no_good_match, selected, viewed,
    wishlisted, carted, purchased, events, bound)
SELECT catalog, day, release,
    COUNT(CASE WHEN name = 'search' THEN 1 END),
    COUNT(CASE WHEN name = 'search' THEN search_term END),
    COUNT(CASE WHEN name = 'search' AND results = 0 THEN 1 END),
    COUNT(CASE WHEN name = 'search' AND results > 0 AND good_match = 0 THEN 1 END),
    COUNT(CASE WHEN name = 'select_item' THEN 1 END),
    COUNT(CASE WHEN name = 'view_item' THEN 1 END),
    COUNT(CASE WHEN name = 'add_to_wishlist' THEN 1 END),
    COUNT(CASE WHEN name = 'add_to_cart' THEN 1 END),
    COUNT(CASE WHEN name = 'purchase' THEN 1 END),
    COUNT(*), 0
FROM events WHERE LENGTH(catalog) <= 100 GROUP BY catalog, day, release;

-- Words by day, and over all days with what ranks them in order: their first 100 characters.
CREATE TABLE query_days (
    catalog        TEXT     NOT NULL,
    day            BIGINT   NOT NULL,
    query          TEXT     NOT NULL,
    searches       BIGINT   NOT NULL,
    zero_result    BIGINT   NOT NULL,
    no_good_match  BIGINT   NOT NULL,
    PRIMARY KEY (catalog, day, query)
);
INSERT INTO query_days (catalog, day, query, searches, zero_result, no_good_match)
SELECT catalog, day, RTRIM(SUBSTR(search_term, 1, 100)), COUNT(*),
    COUNT(CASE WHEN results = 0 THEN 1 END),
    COUNT(CASE WHEN results > 0 AND good_match = 0 THEN 1 END)
FROM events WHERE name = 'search' AND search_term IS NOT NULL AND LENGTH(catalog) <= 100
GROUP BY catalog, day, RTRIM(SUBSTR(search_term, 1, 100));

CREATE INDEX query_days_by_searches ON query_days (catalog, day, searches DESC);
CREATE INDEX query_days_by_zero_result ON query_days (catalog, day, zero_result DESC) WHERE zero_result > 0;
CREATE INDEX query_days_by_no_good_match ON query_days (catalog, day, no_good_match DESC) WHERE no_good_match > 0;

CREATE TABLE query_totals (
    catalog        TEXT     NOT NULL,
    query          TEXT     NOT NULL,
    searches       BIGINT   NOT NULL,
    zero_result    BIGINT   NOT NULL,
    no_good_match  BIGINT   NOT NULL,
    PRIMARY KEY (catalog, query)
);
INSERT INTO query_totals (catalog, query, searches, zero_result, no_good_match)
SELECT catalog, query, SUM(searches), SUM(zero_result), SUM(no_good_match)
FROM query_days GROUP BY catalog, query;
CREATE INDEX query_totals_by_searches ON query_totals (catalog, searches DESC, query);
CREATE INDEX query_totals_by_zero_result ON query_totals (catalog, zero_result DESC, query)
    WHERE zero_result > 0;
CREATE INDEX query_totals_by_no_good_match ON query_totals (catalog, no_good_match DESC, query)
    WHERE no_good_match > 0;

-- Places in lists up to 1,000.
CREATE TABLE positions (
    catalog   TEXT     NOT NULL,
    day       BIGINT   NOT NULL,
    position  BIGINT   NOT NULL,
    shown     BIGINT   NOT NULL,
    selected  BIGINT   NOT NULL,
    PRIMARY KEY (catalog, day, position)
);
INSERT INTO positions (catalog, day, position, shown, selected)
SELECT catalog, day, position, SUM(shown), SUM(selected) FROM (
    SELECT catalog, day, position, COUNT(*) AS shown, 0 AS selected
    FROM listed_items GROUP BY catalog, day, position
    UNION ALL
    SELECT catalog, day, position, 0 AS shown, COUNT(*) AS selected
    FROM events WHERE name = 'select_item' GROUP BY catalog, day, position
) AS counted
WHERE position BETWEEN 0 AND 1000 AND LENGTH(catalog) <= 100 GROUP BY catalog, day, position;

-- The products of a list are in the payload of its event. A replica of an older version, which would not
-- keep the counts, finds no such table and stores nothing.
DROP TABLE listed_items;

CREATE TABLE product_days (
    catalog     TEXT     NOT NULL,
    day         BIGINT   NOT NULL,
    item_id     TEXT     NOT NULL,
    selected    BIGINT   NOT NULL,
    viewed      BIGINT   NOT NULL,
    wishlisted  BIGINT   NOT NULL,
    carted      BIGINT   NOT NULL,
    purchased   BIGINT   NOT NULL,
    events      BIGINT   NOT NULL,  -- all of them
    PRIMARY KEY (catalog, day, item_id)
);
INSERT INTO product_days (catalog, day, item_id, selected, viewed, wishlisted, carted, purchased, events)
SELECT catalog, day, item_id,
    COUNT(CASE WHEN name = 'select_item' THEN 1 END),
    COUNT(CASE WHEN name = 'view_item' THEN 1 END),
    COUNT(CASE WHEN name = 'add_to_wishlist' THEN 1 END),
    COUNT(CASE WHEN name = 'add_to_cart' THEN 1 END),
    COUNT(CASE WHEN name = 'purchase' THEN 1 END), COUNT(*)
FROM events WHERE item_id IS NOT NULL AND name NOT IN ('remove_from_wishlist', 'share')
    AND LENGTH(catalog) <= 100
GROUP BY catalog, day, item_id;
CREATE INDEX product_days_by_events ON product_days (catalog, day, events DESC);

CREATE TABLE product_totals (
    catalog     TEXT     NOT NULL,
    item_id     TEXT     NOT NULL,
    selected    BIGINT   NOT NULL,
    viewed      BIGINT   NOT NULL,
    wishlisted  BIGINT   NOT NULL,
    carted      BIGINT   NOT NULL,
    purchased   BIGINT   NOT NULL,
    events      BIGINT   NOT NULL,  -- all of them
    PRIMARY KEY (catalog, item_id)
);
INSERT INTO product_totals (catalog, item_id, selected, viewed, wishlisted, carted, purchased, events)
SELECT catalog, item_id, SUM(selected), SUM(viewed), SUM(wishlisted), SUM(carted), SUM(purchased),
    SUM(events)
FROM product_days GROUP BY catalog, item_id;
CREATE INDEX product_totals_by_events ON product_totals (catalog, events DESC, item_id);

-- How far a search led: 0 searched, 1 looked at, 2 kept, 3 bought. It counts for the day of its first event.
CREATE TABLE funnel (
    search_id  BYTEA    NOT NULL PRIMARY KEY,
    catalog    TEXT     NOT NULL,
    day        BIGINT   NOT NULL,
    depth      BIGINT   NOT NULL,
    prior      BIGINT   NOT NULL  -- the depth before the last change; -1 for none
);
INSERT INTO funnel (search_id, catalog, day, depth, prior)
SELECT search_id, MIN(catalog), MIN(day),
    MAX(CASE WHEN name = 'purchase' THEN 3 WHEN name IN ('add_to_wishlist', 'add_to_cart') THEN 2
        WHEN name IN ('select_item', 'view_item', 'share') THEN 1 ELSE 0 END), -1
FROM events WHERE search_id IS NOT NULL AND LENGTH(catalog) <= 100 GROUP BY search_id;

CREATE TABLE funnel_days (
    catalog    TEXT     NOT NULL,
    day        BIGINT   NOT NULL,
    searches   BIGINT   NOT NULL,
    viewed     BIGINT   NOT NULL,
    kept       BIGINT   NOT NULL,
    purchased  BIGINT   NOT NULL,
    PRIMARY KEY (catalog, day)
);
INSERT INTO funnel_days (catalog, day, searches, viewed, kept, purchased)
SELECT catalog, day, COUNT(*), COUNT(CASE WHEN depth >= 1 THEN 1 END),
    COUNT(CASE WHEN depth >= 2 THEN 1 END), COUNT(CASE WHEN depth >= 3 THEN 1 END)
FROM funnel GROUP BY catalog, day;

-- Events that NATS does not take, whatever is tried.
CREATE TABLE dead_letters (
    id      BYTEA    NOT NULL PRIMARY KEY,
    reason  TEXT     NOT NULL,
    body    BYTEA    NOT NULL,  -- the event as JSON
    at_ms   BIGINT   NOT NULL
);

-- One row, which readiness writes.
CREATE TABLE probe (
    id     BIGINT   NOT NULL PRIMARY KEY,
    at_ms  BIGINT   NOT NULL,
    note   BYTEA    NOT NULL
);
