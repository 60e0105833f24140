/**
 * Every duration and size that is not configurable, each in one place, the unit in its name.
 * The configurable durations of a login (SCAN_WITHIN_S and the like) are in `src/login/config.ts`.
 */

/** A browser's or a phone's next look, when it polls: calm while nobody scanned, brisk once somebody did. */
export const POLL_AFTER_S = { pending: 2, other: 1 } as const;

/** Largest request body anybody has a reason to send: a ticket or credentials, with room to spare. */
export const BODY_MAX_BYTES = 4096;

/** Longest username and password looked at; longer ones would only buy an attacker scrypt time. */
export const USERNAME_MAX_CHARS = 64;
export const PASSWORD_MAX_CHARS = 256;

/** Longest name that is shown, in UTF-16 units, as it also goes into cookies. */
export const NAME_MAX_CHARS = 100;

/** How many login cookies one browser may carry before the oldest are cleared: one per open tab. */
export const LOGIN_COOKIES_MAX = 16;

/** How far two servers' clocks may differ before a uuid "from the future" is refused. */
export const CLOCK_SKEW_S = 5;

/** A wait we suggest where nothing better is known: an object or an issuer that is briefly away. */
export const RETRY_AFTER_S = 2;

/** Wrong passwords for one username: how many are free, and what each further one costs. */
export const LOCKOUT = {
  free: 5,
  firstMs: 15_000,
  longestMs: 15 * 60_000,
  forgottenAfterMs: 24 * 3_600_000,
  /** Names that are remembered; of more, the one that was wrong longest ago is forgotten. */
  namesMax: 10_000,
} as const;

/**
 * Passwords of networks that were wrong before, and of all others: what share of an isolate's one
 * thread they may hold, together a quarter, so that most other requests find it free; and how long
 * one may wait for its turn.
 */
export const PASSWORD_SHARE = { suspects: 1 / 20, others: 1 / 5 } as const;
export const PASSWORD_WAIT_MAX_MS = { suspects: 5000, others: 2000 } as const;

/**
 * How an isolate tells networks that guess: from how many marks on, for each width of `networksOf`;
 * how long a mark is remembered; and of how many networks.
 */
export const SUSPECTS = {
  fromMarks: [1, 4, 16],
  wrongMs: 10 * 60_000,
  impatientMs: 60_000,
  networksMax: 10_000,
} as const;

/**
 * Passwords that are refused unlooked-at: how many refusals are sent a second, how long one may
 * wait for those before it, and how much later a network that guesses gets its own. Together that
 * is at most 500 requests kept at once.
 */
export const HELD_BACK = { perS: 50, queueMaxMs: 5000, guessersMs: 5000 } as const;

/** What an issuer may take for its answer, and how long that answer may be. */
export const ISSUER_TIMEOUT_MS = 3000;
export const ISSUER_ANSWER_MAX_BYTES = 256 * 1024;

/** Longest token looked at: what fits into one header of an ordinary proxy. */
export const TOKEN_MAX_CHARS = 8192;

/** How long an access token is good for, and with it a grant that has no refresh token. */
export const ACCESS_TOKEN_TTL_S = 900;

/** How long an authorization code is good for (RFC 6749, section 4.1.2, wants ten minutes at most). */
export const CODE_WITHIN_S = 60;

/** How long a pushed request may be begun with (RFC 9126, section 2.2). */
export const PUSHED_WITHIN_S = 90;

/** Longest request of a site: its page sends it back together with the ticket, in one body. */
export const SITE_REQUEST_MAX_CHARS = 3000;

/** How far ahead a client assertion may be dated: for so long its jti is kept. */
export const ASSERTION_TTL_MAX_S = 600;

/** How long keys and metadata may be kept by whoever asked for them. */
export const METADATA_KEPT_S = 300;

/**
 * A refresh token, presented again so soon after it was used, gets the same successor once more:
 * its answer was lost, or two tabs were at it. Later it is a copy in somebody's hands.
 */
export const REFRESH_GRACE_S = 10;

/** A family of refresh tokens ends when nobody used it for so long, */
export const REFRESH_IDLE_S = 30 * 86_400;

/** and at the latest so long after the login that it began with. */
export const REFRESH_TTL_S = 180 * 86_400;

/** How long an ended grant is remembered, so that a request still under way cannot begin it anew. */
export const GRANT_END_KEPT_S = 60;

/** How many grants one user may have at once; of more, those that were not used for longest end. */
export const GRANTS_MAX = 64;

/** How long a change to a client's row may go unnoticed, and how many clients are remembered. */
export const CLIENT_STALE_S = 60;
export const CLIENTS_REMEMBERED_MAX = 256;

/** More of a user agent than any browser sends. */
export const USER_AGENT_MAX_CHARS = 512;

/** Logins of which an isolate remembers that their browser was counted: about a megabyte. */
export const ATTACHED_REMEMBERED_MAX = 10_000;
