-- readable-by: 1
CREATE TABLE cards (
	id          TEXT    PRIMARY KEY, -- random; nothing of whose card it is
	reserved_at INTEGER NOT NULL     -- milliseconds since 1970
);
