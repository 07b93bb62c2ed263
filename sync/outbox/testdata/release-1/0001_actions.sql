-- readable-by: 1
CREATE TABLE actions (
	counter     INTEGER PRIMARY KEY, -- of this kiosk, never twice
	id          TEXT    NOT NULL UNIQUE,
	type        TEXT    NOT NULL,
	priority    INTEGER NOT NULL,
	order_key   TEXT    NOT NULL,    -- random, or empty
	occurred_at INTEGER NOT NULL,    -- milliseconds since 1970, by the kiosk's clock
	test        INTEGER NOT NULL,
	key_id      TEXT    NOT NULL,    -- of the portal's key that it is sealed to
	sealed      BLOB    NOT NULL,    -- emptied when the portal has it
	mac         BLOB    NOT NULL,    -- HMAC-SHA-256 under the device's key
	state       TEXT    NOT NULL CHECK (state IN ('pending', 'acknowledged', 'parked')),
	attempts    INTEGER NOT NULL DEFAULT 0,
	not_before  INTEGER NOT NULL DEFAULT 0, -- milliseconds since this process opened the file; 0 at every start
	reason      TEXT    NOT NULL DEFAULT '', -- of the last answer: a code, never a person's words
	settled_at  INTEGER NOT NULL DEFAULT 0   -- milliseconds since 1970
);
CREATE INDEX actions_due ON actions (priority DESC, counter, not_before) WHERE state = 'pending';
CREATE INDEX actions_order ON actions (order_key, counter, priority) WHERE state = 'pending' AND order_key <> '';
CREATE INDEX actions_settled ON actions (state, settled_at) WHERE state <> 'pending';

-- The last counter given, one row; it outlives the actions.
CREATE TABLE counter (last INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
