-- Keys end, and are known to be in use. What could publish could delete until now.
ALTER TABLE api_keys ADD COLUMN expires_ms INTEGER;
ALTER TABLE api_keys ADD COLUMN last_used_ms INTEGER;
UPDATE api_keys SET scopes = scopes || ',delete' WHERE scopes LIKE '%publish%';

-- Files of releases that are to be deleted, and are not yet.
CREATE TABLE deletions (
    path     TEXT    NOT NULL PRIMARY KEY,
    catalog  TEXT    NOT NULL,
    key_id   TEXT    NOT NULL,
    at_ms    INTEGER  NOT NULL
);
