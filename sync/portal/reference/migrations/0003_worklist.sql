-- readable-by: 1
-- What kiosks need to work alone for a day. Numbers are closed to a key in the state
-- folder; an entry names nobody but by the hash that stands for a person here.
CREATE TABLE numbers (
	subject TEXT PRIMARY KEY REFERENCES people,
	number  BLOB NOT NULL -- AES-256-GCM
);
CREATE TABLE worklists (
	kiosk    TEXT    PRIMARY KEY REFERENCES kiosks,
	day      TEXT    NOT NULL,
	key      BLOB    NOT NULL, -- that the kiosk set for the day, AES-256-GCM
	salt     BLOB    NOT NULL,
	revision INTEGER NOT NULL  -- of the newest entry
);
CREATE TABLE worklist_entries (
	kiosk    TEXT    NOT NULL REFERENCES worklists ON DELETE CASCADE,
	subject  TEXT    NOT NULL REFERENCES people,
	made     BLOB    NOT NULL, -- index and key of the entry
	digest   BLOB    NOT NULL, -- SHA-256 of the plain entry
	sealed   BLOB    NOT NULL,
	revision INTEGER NOT NULL,
	PRIMARY KEY (kiosk, subject)
);
CREATE INDEX worklist_new ON worklist_entries (kiosk, revision);
