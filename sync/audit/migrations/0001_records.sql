CREATE TABLE records (
	number   INTEGER PRIMARY KEY, -- from 1, without a gap
	at       INTEGER NOT NULL,    -- milliseconds since 1970, by the kiosk's clock
	clerk    TEXT NOT NULL,       -- as the staff list calls them; empty: the kiosk itself
	what     TEXT NOT NULL,
	matter   TEXT NOT NULL,       -- id of a link, a card, a record; never of a person
	action   TEXT NOT NULL,       -- id in the queue, where there is one
	hash     BLOB NOT NULL        -- over all of these and the hash of the record before
) STRICT;
