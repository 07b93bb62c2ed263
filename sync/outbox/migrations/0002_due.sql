-- readable-by: 1
-- When something is due next is asked for with a whole backlog put off.
CREATE INDEX actions_wait ON actions (not_before) WHERE state = 'pending';
-- SQLite uses a partial index only where the query says the same: state <> 'pending'
-- was never said.
DROP INDEX actions_settled;
CREATE INDEX actions_acknowledged ON actions (settled_at) WHERE state = 'acknowledged';
CREATE INDEX actions_parked ON actions (counter) WHERE state = 'parked';
