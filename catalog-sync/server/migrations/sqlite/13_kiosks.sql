-- How a kiosk is, as its last heartbeat said (JSON), and the signed order that waits for it (JSON; empty if there is none).
ALTER TABLE kiosks ADD COLUMN state TEXT NOT NULL DEFAULT '{}';
ALTER TABLE kiosks ADD COLUMN orders TEXT NOT NULL DEFAULT '';
