-- What ranks: views, favourites, baskets and purchases that are believed, since they came with a key of the
-- catalogue, with the token of a search, or from the shop itself. Each kind counts once for a visit and product.
-- They are kept by the transactions that store the events and are filled here with those that ranked until now.

-- The visits of the last 90 days, for counting once and for what is viewed together.
CREATE TABLE believed (
    catalog  TEXT     NOT NULL,
    visit    BLOB     NOT NULL,  -- a visit, or who asked on a day, as the token of a search names them
    item_id  TEXT     NOT NULL,
    kind     INTEGER  NOT NULL,  -- 1 viewed, 2 made a favourite, 3 put into the basket, 4 bought
    day      INTEGER  NOT NULL,
    PRIMARY KEY (catalog, visit, item_id, kind)
) WITHOUT ROWID;
INSERT INTO believed (catalog, visit, item_id, kind, day)
SELECT catalog, visit, item_id, kind, MIN(day) FROM (
    SELECT e.catalog, e.visit, e.item_id, e.day,
        CASE e.name WHEN 'view_item' THEN 1 WHEN 'add_to_wishlist' THEN 2 WHEN 'add_to_cart' THEN 3 ELSE 4 END AS kind
    FROM events AS e
    LEFT JOIN (SELECT catalog, MIN(created_ms) AS since_ms FROM ingest_keys GROUP BY catalog) AS k
        ON k.catalog = e.catalog
    WHERE e.name IN ('view_item', 'add_to_wishlist', 'add_to_cart', 'purchase') AND e.item_id IS NOT NULL
        AND LENGTH(e.catalog) <= 100 AND (e.bound = 1 OR k.since_ms IS NULL OR e.received_ms < k.since_ms)
) AS ranked GROUP BY catalog, visit, item_id, kind;

CREATE TABLE believed_days (
    catalog     TEXT     NOT NULL,
    day         INTEGER  NOT NULL,
    item_id     TEXT     NOT NULL,
    viewed      INTEGER  NOT NULL,
    wishlisted  INTEGER  NOT NULL,
    carted      INTEGER  NOT NULL,
    purchased   INTEGER  NOT NULL,
    PRIMARY KEY (catalog, day, item_id)
) WITHOUT ROWID;
INSERT INTO believed_days (catalog, day, item_id, viewed, wishlisted, carted, purchased)
SELECT catalog, day, item_id, COUNT(CASE kind WHEN 1 THEN 1 END), COUNT(CASE kind WHEN 2 THEN 1 END),
    COUNT(CASE kind WHEN 3 THEN 1 END), COUNT(CASE kind WHEN 4 THEN 1 END)
FROM believed GROUP BY catalog, day, item_id;

-- All days. The score halves every 30 days; it is kept as it was on day 20000 (2024-10-04), so that it changes
-- only when something happens: an event of day d adds its weight times 2^((d - 20000) / 30).
CREATE TABLE believed_totals (
    catalog     TEXT     NOT NULL,
    item_id     TEXT     NOT NULL,
    viewed      INTEGER  NOT NULL,
    wishlisted  INTEGER  NOT NULL,
    carted      INTEGER  NOT NULL,
    purchased   INTEGER  NOT NULL,
    score       REAL  NOT NULL,
    PRIMARY KEY (catalog, item_id)
) WITHOUT ROWID;
-- With a key, so that each day is looked up: SQLite looks through all rows of a common table expression.
CREATE TABLE believed_factors (day INTEGER NOT NULL PRIMARY KEY, factor REAL NOT NULL);
INSERT INTO believed_factors (day, factor)
WITH RECURSIVE days (day, factor) AS (
    SELECT 20000, CAST(1.0 AS REAL)
    UNION ALL SELECT day + 1, factor * 1.0233738919967 FROM days WHERE day < 30000
), earlier (day, factor) AS (
    SELECT 19999, CAST(1.0 AS REAL) / 1.0233738919967
    UNION ALL SELECT day - 1, factor / 1.0233738919967 FROM earlier WHERE day > 18000
) SELECT day, factor FROM days UNION ALL SELECT day, factor FROM earlier;
INSERT INTO believed_totals (catalog, item_id, viewed, wishlisted, carted, purchased, score)
SELECT d.catalog, d.item_id, SUM(viewed), SUM(wishlisted), SUM(carted), SUM(purchased),
    SUM((viewed + 3 * wishlisted + 5 * carted + 10 * purchased) * f.factor)
FROM believed_days AS d JOIN believed_factors AS f ON f.day = d.day GROUP BY d.catalog, d.item_id;
DROP TABLE believed_factors;
CREATE INDEX believed_totals_by_score ON believed_totals (catalog, score DESC, item_id);

DELETE FROM believed WHERE day < (SELECT MAX(day) - 90 FROM believed);
CREATE INDEX believed_by_item ON believed (catalog, item_id, day);
CREATE INDEX believed_by_day ON believed (day);

-- Words that visitors searched for and that found something. Only what may be shown to others is here at all.
CREATE TABLE asked (
    catalog  TEXT     NOT NULL,
    query    TEXT     NOT NULL,
    visit    BLOB     NOT NULL,
    day      INTEGER  NOT NULL,
    PRIMARY KEY (catalog, query, visit)
) WITHOUT ROWID;
CREATE INDEX asked_by_day ON asked (day);
CREATE TABLE asked_totals (
    catalog   TEXT     NOT NULL,
    query     TEXT     NOT NULL,
    visitors  INTEGER  NOT NULL,
    PRIMARY KEY (catalog, query)
) WITHOUT ROWID;
CREATE INDEX asked_totals_by_visitors ON asked_totals (catalog, visitors DESC, query);

-- What signs the tokens of searches; the newest one signs, the others still verify.
CREATE TABLE feedback_keys (
    id          INTEGER  NOT NULL PRIMARY KEY,
    secret      BLOB     NOT NULL,
    created_ms  INTEGER  NOT NULL
);

-- Orders that the shop told of. One that comes again is known by its id.
CREATE TABLE orders (
    catalog   TEXT     NOT NULL,
    order_id  TEXT     NOT NULL,
    digest    BLOB     NOT NULL,  -- of its JSON
    query_id  BLOB,               -- the search that led to it, if its link came back
    value     TEXT,
    currency  TEXT,
    at_ms     INTEGER  NOT NULL,
    PRIMARY KEY (catalog, order_id)
) WITHOUT ROWID;
