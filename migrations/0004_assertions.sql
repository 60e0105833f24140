-- Client assertions (private_key_jwt) that were used: SHA-256 of client and jti, in base64url.
CREATE TABLE assertions (
  id TEXT PRIMARY KEY,
  -- Seconds since the epoch; then the assertion is void by itself.
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX assertions_by_age ON assertions (expires_at);
