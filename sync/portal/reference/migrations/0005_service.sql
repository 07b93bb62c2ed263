-- readable-by: 1
-- Kiosks that were taken out of service, and what is set for kiosks from here.
ALTER TABLE kiosks ADD COLUMN retired_at INTEGER NOT NULL DEFAULT 0; -- 0: in service
ALTER TABLE portal ADD COLUMN override_version INTEGER NOT NULL DEFAULT 0; -- the newest of all
CREATE TABLE overrides (
	kiosk TEXT NOT NULL, -- empty: of all
	key   TEXT NOT NULL,
	value TEXT NOT NULL, -- of TOML
	PRIMARY KEY (kiosk, key)
);
CREATE TABLE override_versions (
	kiosk   TEXT    PRIMARY KEY, -- empty: of all
	version INTEGER NOT NULL
);
