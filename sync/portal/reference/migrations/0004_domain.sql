-- readable-by: 1
-- Code cards, links, calls. Codes and passwords are kept as salted, peppered, slow hashes; the
-- pepper is in the state folder. People stay keyed hashes.
ALTER TABLE people ADD COLUMN birth TEXT NOT NULL DEFAULT ''; -- keyed hash of subject and birth date; empty: not known
ALTER TABLE people ADD COLUMN national BOOLEAN NOT NULL DEFAULT TRUE; -- has a national number
ALTER TABLE people ADD COLUMN deceased BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE aliases (
	alias   TEXT PRIMARY KEY, -- keyed hash of the EAD number
	subject TEXT NOT NULL REFERENCES people
);
CREATE TABLE staff (
	id         TEXT    PRIMARY KEY,
	name       TEXT    NOT NULL,
	role       TEXT    NOT NULL,
	card_key   TEXT    NOT NULL, -- SHA-256 of the public key of their own card; empty: none
	badge_salt TEXT    NOT NULL,
	badge_hash TEXT    NOT NULL, -- SHA-256 of salt and badge; empty: none
	active     BOOLEAN NOT NULL
);
CREATE TABLE revoked (
	issuer TEXT   NOT NULL, -- SHA-256 of the issuer's name, DER
	serial TEXT   NOT NULL, -- hexadecimal
	at     INTEGER NOT NULL,
	PRIMARY KEY (issuer, serial)
);
CREATE TABLE accounts (
	subject        TEXT    PRIMARY KEY REFERENCES people,
	salt           BLOB    NOT NULL,
	hash           BLOB    NOT NULL,
	cost           TEXT    NOT NULL,           -- of the hash
	failures       INTEGER NOT NULL DEFAULT 0, -- wrong codes since the last right one; 5: locked
	challenge_card TEXT    NOT NULL DEFAULT '',
	challenge      INTEGER NOT NULL DEFAULT 0  -- the code that is asked for until it is given; 0: none
);
CREATE TABLE cards (
	id          TEXT    PRIMARY KEY,
	subject     TEXT    NOT NULL, -- empty: ended before it was reserved
	kiosk       TEXT    NOT NULL, -- that reserved it; empty: not known
	state       TEXT    NOT NULL,
	how         TEXT    NOT NULL DEFAULT '', -- how the person was known
	clerk       TEXT    NOT NULL DEFAULT '',
	new_account BOOLEAN NOT NULL DEFAULT FALSE,
	test        BOOLEAN NOT NULL DEFAULT FALSE,
	reserved_at INTEGER  NOT NULL DEFAULT 0,
	issued_at   INTEGER  NOT NULL DEFAULT 0,
	ended_at    INTEGER  NOT NULL DEFAULT 0,
	reason      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX cards_of ON cards (subject);
CREATE TABLE codes (
	card TEXT    NOT NULL REFERENCES cards,
	n    INTEGER NOT NULL, -- as printed, from 1
	salt BLOB    NOT NULL,
	hash BLOB    NOT NULL,
	cost TEXT    NOT NULL,
	rank INTEGER NOT NULL,           -- in which order they are asked, drawn anew each round
	used INTEGER NOT NULL DEFAULT 0, -- how often it was given
	PRIMARY KEY (card, n)
);
CREATE TABLE blocks (
	action  TEXT   PRIMARY KEY,
	subject TEXT   NOT NULL,
	until   INTEGER NOT NULL -- ends every card reserved up to here
);
CREATE INDEX blocks_of ON blocks (subject);
CREATE TABLE logins (
	token   TEXT    PRIMARY KEY, -- SHA-256
	subject TEXT    NOT NULL,
	card    TEXT    NOT NULL,
	n       INTEGER NOT NULL,
	expires INTEGER  NOT NULL
);
CREATE TABLE answers (
	kiosk  TEXT    NOT NULL,
	key    TEXT    NOT NULL, -- Idempotency-Key
	digest BLOB    NOT NULL, -- of the request
	status INTEGER NOT NULL, -- 0: it runs
	answer BLOB    NOT NULL, -- sealed
	at     INTEGER  NOT NULL,
	PRIMARY KEY (kiosk, key)
);
CREATE INDEX answers_at ON answers (at);
CREATE TABLE links (
	id           TEXT    PRIMARY KEY,
	parent       TEXT    NOT NULL,
	child        TEXT    NOT NULL,
	kiosk        TEXT    NOT NULL,
	counter      INTEGER NOT NULL,
	requested_at INTEGER NOT NULL, -- by the kiosk's clock, which was right
	ends_on      TEXT    NOT NULL, -- the 15th birthday, 2006-01-02
	clerk        TEXT    NOT NULL,
	documents    TEXT    NOT NULL,
	verified     BOOLEAN NOT NULL,
	unlinked     BOOLEAN NOT NULL,
	test         BOOLEAN NOT NULL
);
CREATE INDEX links_of ON links (parent, child);
CREATE TABLE unlinks (
	action  TEXT   PRIMARY KEY,
	parent  TEXT   NOT NULL,
	child   TEXT   NOT NULL,
	kiosk   TEXT   NOT NULL,
	counter INTEGER NOT NULL,
	until   INTEGER NOT NULL -- a link of another kiosk up to here is ended
);
CREATE INDEX unlinks_of ON unlinks (parent, child);
ALTER TABLE appointments ADD COLUMN letter TEXT NOT NULL DEFAULT ''; -- keyed hash of what the letter's barcode says
ALTER TABLE appointments ADD COLUMN cancelled_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX appointments_letter ON appointments (letter);
CREATE TABLE readings (
	action     TEXT    PRIMARY KEY, -- of the check-in
	method     TEXT    NOT NULL,
	document   TEXT    NOT NULL,
	serial     BLOB    NOT NULL, -- sealed; of the carrier
	reason     TEXT    NOT NULL,
	clerk      TEXT    NOT NULL,
	unverified BOOLEAN NOT NULL,
	read_at    INTEGER NOT NULL
);
CREATE TABLE contacts (
	subject TEXT  PRIMARY KEY REFERENCES people,
	contact BLOB NOT NULL -- sealed
);
CREATE TABLE registrations (
	subject TEXT   PRIMARY KEY REFERENCES people,
	code    TEXT   NOT NULL UNIQUE, -- keyed hash
	expires INTEGER NOT NULL
);
CREATE TABLE helpcalls (
	id       TEXT   PRIMARY KEY,
	kiosk    TEXT   NOT NULL,
	reason   TEXT   NOT NULL,
	screen   TEXT   NOT NULL,
	language TEXT   NOT NULL,
	state    TEXT   NOT NULL,
	at       INTEGER NOT NULL
);
CREATE TABLE heartbeats (
	kiosk TEXT   PRIMARY KEY,
	at    INTEGER NOT NULL,
	said  TEXT   NOT NULL -- JSON
);
