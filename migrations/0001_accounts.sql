-- The built-in accounts (IDENTITY = "accounts"). A deleted account keeps its row, so that its
-- name is not given to somebody else.
CREATE TABLE accounts (
  sub TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE COLLATE NOCASE,
  -- In the style of a PHC string: $scrypt$ln=15,r=8,p=3$salt$hash
  password_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  -- An https URL, or a path on the site's own origin.
  avatar TEXT,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'deleted'))
) STRICT;
