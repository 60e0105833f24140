-- What a site is told of an account's address, if the user says yes to a site that asks for it.
ALTER TABLE accounts ADD COLUMN email TEXT;
-- Whether somebody has seen that the address is theirs.
ALTER TABLE accounts ADD COLUMN email_verified INTEGER NOT NULL DEFAULT 0
  CHECK (email_verified IN (0, 1));
