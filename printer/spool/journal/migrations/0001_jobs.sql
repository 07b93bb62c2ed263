-- readable-by: 1
CREATE TABLE jobs (
	number     INTEGER PRIMARY KEY,      -- in the order of asking
	id         TEXT    NOT NULL UNIQUE,  -- of who asked, random
	printer    TEXT    NOT NULL,         -- its name in the configuration
	secret     INTEGER NOT NULL,
	stage      TEXT    NOT NULL,         -- asked, sending, sent, confirmed, presented
	outcome    TEXT,                     -- NULL until it has ended
	by         TEXT    NOT NULL DEFAULT '', -- what stage or outcome rests on
	settled    INTEGER NOT NULL DEFAULT 0,  -- the outcome is on the books of who asked
	changed_at INTEGER NOT NULL          -- milliseconds since 1970
);
CREATE INDEX jobs_unsettled ON jobs (number) WHERE NOT settled;
