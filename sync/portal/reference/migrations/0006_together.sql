-- readable-by: 1
-- How often was done what may be done so often: several portals count together.
CREATE TABLE limits (
	what TEXT    NOT NULL,
	who  TEXT    NOT NULL, -- a kiosk; a keyed hash of a user name or a letter
	next INTEGER NOT NULL, -- by when all that was done would have been, one at a time
	PRIMARY KEY (what, who)
);
CREATE INDEX limits_next ON limits (next);
-- What opens entries of worklists without a chip card: the number and birth date of people
-- without a national number, and letters. Closed as numbers are.
CREATE TABLE shown (
	entry       TEXT PRIMARY KEY, -- "ead:" and the person, "letter:" and the appointment, "birth:" and the person
	subject     TEXT NOT NULL REFERENCES people,
	appointment TEXT NOT NULL,    -- of the letter
	shown       BLOB NOT NULL     -- AES-256-GCM
);
CREATE INDEX shown_of ON shown (subject);
ALTER TABLE worklists ADD COLUMN chipless BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE worklist_chipless (
	kiosk    TEXT    NOT NULL REFERENCES worklists ON DELETE CASCADE,
	entry    TEXT    NOT NULL,
	made     BLOB    NOT NULL, -- as in worklist_entries
	digest   BLOB    NOT NULL,
	sealed   BLOB    NOT NULL,
	revision INTEGER NOT NULL,
	PRIMARY KEY (kiosk, entry)
);
CREATE INDEX worklist_chipless_new ON worklist_chipless (kiosk, revision);
-- What the chip answered: "portal" (to a challenge of ours, of that kiosk), "kiosk" (to one of
-- the kiosk's own), "none" (it was not asked, or cannot); empty: no chip was read.
ALTER TABLE readings ADD COLUMN chip TEXT NOT NULL DEFAULT '';
