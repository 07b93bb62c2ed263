-- readable-by: 1
-- Whoever reads this file learns who was where from none of it: people are keyed
-- hashes of their national numbers, and no name is kept.
CREATE TABLE portal (
	one     INTEGER PRIMARY KEY CHECK (one = 1),
	secrets TEXT    NOT NULL -- fingerprint of the state folder's secrets
);
CREATE TABLE kiosks (
	id           TEXT    PRIMARY KEY,
	name         TEXT    NOT NULL,
	stopped      BOOLEAN NOT NULL,
	last_counter INTEGER NOT NULL,
	enrolled_at  INTEGER NOT NULL         -- milliseconds since 1970, as all times here
);
CREATE TABLE people (
	subject TEXT PRIMARY KEY -- HMAC-SHA-256 of the national number
);
CREATE TABLE appointments (
	id            TEXT    PRIMARY KEY,
	subject       TEXT    NOT NULL REFERENCES people,
	day           TEXT    NOT NULL, -- in Brussels, 2006-01-02
	starts        INTEGER NOT NULL,
	ends          INTEGER NOT NULL,
	label         TEXT    NOT NULL,
	place         TEXT    NOT NULL,
	route         TEXT    NOT NULL,
	route_url     TEXT    NOT NULL,
	phone         TEXT    NOT NULL,
	campus        TEXT    NOT NULL,
	video         BOOLEAN NOT NULL,
	checked_in_at INTEGER NOT NULL DEFAULT 0, -- 0: not yet
	ticket        TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX appointments_of ON appointments (subject, day);
CREATE INDEX appointments_on ON appointments (day, starts);
CREATE TABLE actions (
	id          TEXT    PRIMARY KEY,
	kiosk       TEXT    NOT NULL REFERENCES kiosks,
	counter     INTEGER NOT NULL,
	type        TEXT    NOT NULL,
	digest      BLOB    NOT NULL, -- SHA-256 of what came
	test        BOOLEAN NOT NULL,
	occurred_at INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	accepted    BOOLEAN NOT NULL, -- else it is parked
	code        TEXT    NOT NULL,
	appointment TEXT    NOT NULL, -- empty where none of this person's was named
	ticket      TEXT    NOT NULL
);
CREATE UNIQUE INDEX actions_counter ON actions (kiosk, counter) WHERE code <> 'counter-reused';
CREATE INDEX actions_received ON actions (received_at);
