-- Wrong passwords per username, whether or not there is such an account (or the lock would tell).
CREATE TABLE attempts (
  -- SHA-256 of the username in lower case: people type passwords into the wrong field.
  username TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  -- Milliseconds since the epoch.
  last_at INTEGER NOT NULL,
  locked_until INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_by_age ON attempts (last_at);
