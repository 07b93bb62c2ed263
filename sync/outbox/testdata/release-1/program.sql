-- Every statement of the program that knew version 1 only, each with what it would
-- be given: an append, a look at what is due, settling in each way, a technician's
-- hand, a purge.
SELECT last FROM counter;
UPDATE actions SET not_before = 0 WHERE state = 'pending' AND not_before <> 0;
SELECT counter, type, order_key FROM actions WHERE id = '019b0000-0000-7000-8000-000000000004';
UPDATE counter SET last = last + 1 RETURNING last;
INSERT INTO actions (counter, id, type, priority, order_key, occurred_at, test, key_id, sealed, mac, state)
	VALUES (4, '019b0000-0000-7000-8000-000000000004', 'check-in', 0, 'a', 1772445600000, 0, 'k1', x'82B91D7173BA357A0C8DA60CE25CC2880A1A19D810DF679FC5EB094B20D8026576A1990B99E226C4B1D71F33F7645E2506A748D89CD5F2203DA5483AF24C6FB2BF478087', x'533A9EE55AD786445E613175BADEA5C22615DB7BF61159FE58D32EC6B276A224', 'pending');
SELECT counter, id, type, priority, order_key, occurred_at, test, key_id, sealed, mac, attempts FROM actions AS a WHERE state = 'pending'
	AND (order_key = '' OR NOT EXISTS (SELECT 1 FROM actions AS older WHERE older.state = 'pending' AND older.order_key <> ''
		AND older.order_key = a.order_key AND older.counter < a.counter AND older.priority >= a.priority)) AND not_before <= 5 ORDER BY priority DESC, counter LIMIT 10;
SELECT min(not_before) FROM actions AS a WHERE state = 'pending'
	AND (order_key = '' OR NOT EXISTS (SELECT 1 FROM actions AS older WHERE older.state = 'pending' AND older.order_key <> ''
		AND older.order_key = a.order_key AND older.counter < a.counter AND older.priority >= a.priority));
UPDATE actions SET not_before = 7, attempts = attempts + 1, reason = 'busy' WHERE id = '019b0000-0000-7000-8000-000000000004' AND state = 'pending';
UPDATE actions SET state = 'parked', settled_at = 1772445603000, attempts = attempts + 1, reason = 'x' WHERE id = '019b0000-0000-7000-8000-000000000009' AND state = 'pending';
UPDATE actions SET state = 'acknowledged', sealed = x'', settled_at = 1772445603000, attempts = attempts + 1, reason = '' WHERE id = '019b0000-0000-7000-8000-000000000003' AND state = 'pending';
UPDATE actions SET state = 'parked', reason = 'row-changed', settled_at = 1772445603000 WHERE counter = 9 AND state = 'pending';
UPDATE actions SET state = 'pending', settled_at = 0, not_before = 0 WHERE id = '019b0000-0000-7000-8000-000000000002' AND state IN ('parked', 'pending');
UPDATE actions SET state = 'parked', reason = 'by-technician', settled_at = 1772445604000 WHERE id = '019b0000-0000-7000-8000-000000000002' AND state = 'pending';
SELECT counter, id, type, priority, state, attempts, occurred_at, not_before, settled_at, reason, key_id, length(sealed) FROM actions WHERE state IN ('pending', 'parked', 'acknowledged') ORDER BY counter LIMIT 10;
SELECT (SELECT count(*) FROM actions WHERE state = 'pending'), (SELECT count(*) FROM actions WHERE state = 'parked'),
	(SELECT count(*) FROM actions WHERE state = 'acknowledged'), (SELECT occurred_at FROM actions WHERE state = 'pending' ORDER BY counter LIMIT 1);
UPDATE counter SET last = 3 WHERE last < 3;
DELETE FROM actions WHERE state = 'acknowledged' AND settled_at < 1772445602000;
