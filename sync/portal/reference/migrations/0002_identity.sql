-- readable-by: 1
-- Who a kiosk is: a token lets it in once, a certificate ever after.
CREATE TABLE invitations (
	kiosk      TEXT    PRIMARY KEY REFERENCES kiosks,
	secret     BLOB    NOT NULL UNIQUE, -- HMAC of the token's secret part
	expires_at INTEGER NOT NULL,
	confirmed  BOOLEAN NOT NULL,        -- or nobody has to
	key        BLOB                     -- SubjectPublicKeyInfo of the kiosk that came with it
);
CREATE TABLE enrolments (
	kiosk   TEXT    PRIMARY KEY REFERENCES kiosks,
	nonce   BLOB    NOT NULL,          -- that an order to wipe must name
	wipe_at INTEGER NOT NULL DEFAULT 0 -- when it was ordered; 0: never
);
CREATE TABLE certificates (
	serial    TEXT    PRIMARY KEY,
	kiosk     TEXT    NOT NULL REFERENCES kiosks,
	key       BLOB    NOT NULL,           -- SubjectPublicKeyInfo
	der       BLOB    NOT NULL,
	issued_at INTEGER NOT NULL,
	used_at   INTEGER NOT NULL DEFAULT 0, -- first; 0: not yet
	ends_at   INTEGER NOT NULL            -- its own end, or sooner where it was revoked or followed
);
CREATE INDEX certificates_of ON certificates (kiosk);
