-- The sites that may ask for a login (OpenID Connect): made by `npm run -s client -- add`.
CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- Lists are JSON arrays of text; URIs are compared as they stand here, letter by letter.
  redirect_uris TEXT NOT NULL,
  post_logout_redirect_uris TEXT NOT NULL,
  backchannel_logout_uri TEXT,
  auth TEXT NOT NULL CHECK (
    auth IN ('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt')
  ),
  -- SHA-256 in hex: enough for a secret that was drawn at random, and for no other.
  secret_hash TEXT,
  -- A JWK set (RFC 7517) of public keys.
  jwks TEXT,
  grants TEXT NOT NULL,
  scopes TEXT NOT NULL,
  claims_in_id_token INTEGER NOT NULL CHECK (claims_in_id_token IN (0, 1))
) STRICT;
