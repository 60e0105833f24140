/**
 * The published keys: what sites check our id tokens and access tokens with. They are not derived
 * from SECRET: a site must be able to check a token without being able to sign one, so these are
 * key pairs.
 *
 * SIGNING_KEYS is a JWK set (RFC 7517). The first key has its private half, and signs. All of them
 * verify and are published. An old key stays until the last token that it signed has expired; its
 * public half is enough. The set is read when a site first asks, as the front door needs no key.
 */
import { errors, importJWK, jwtVerify, SignJWT, type JWTPayload } from "jose";
import {
  readJwkSet,
  signingAlgorithms,
  type PublicJwk,
  type SigningAlgorithm,
  type SigningJwk,
} from "./jwk-set.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";
import { misconfigured, type Misconfigured } from "./settings.ts";

/** `typ` of the header: id token (OpenID Connect), access token (RFC 9068), logout token. */
export type TokenType = "JWT" | "at+jwt" | "logout+jwt";

export interface Expected {
  readonly typ: TokenType;
  readonly issuer: string;
  readonly audience?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** For an `id_token_hint`, which says who somebody was and opens nothing. */
  readonly evenExpired?: boolean;
}

export interface SigningKeys {
  /** Of all keys; the first is what tokens are signed with. */
  readonly algorithms: readonly [SigningAlgorithm, ...SigningAlgorithm[]];
  readonly publicJwks: { readonly keys: readonly PublicJwk[] };
  /** The claims as they are: `iat`, `exp` and all others are the caller's. */
  sign(claims: JWTPayload, typ: TokenType): Promise<string>;
  /** @returns the claims of a token that we signed and that is as expected; or `unauthenticated` */
  verify(token: string, expected: Expected): Promise<JWTPayload | Refusal<"unauthenticated">>;
}

const howToSet =
  "Make them with `npm run -s keys > keys.json` and set them with `npx wrangler secret put SIGNING_KEYS < keys.json`; locally `npm start` makes them by itself.";

const known = new WeakMap<object, Promise<SigningKeys | Misconfigured>>();

/**
 * @param env the Worker's bindings; the answer is remembered for as long as they are
 * @returns the keys, or one sentence that says what to do and quotes nothing
 */
export function signingKeysOf(env: object): Promise<SigningKeys | Misconfigured> {
  let keys = known.get(env);
  if (keys === undefined) {
    keys = read({ ...env });
    known.set(env, keys);
  }
  return keys;
}

async function read(
  given: Readonly<Record<string, unknown>>,
): Promise<SigningKeys | Misconfigured> {
  const { SIGNING_KEYS: text } = given;
  if (text === undefined || text === "") {
    return misconfigured(`SIGNING_KEYS is missing. ${howToSet}`);
  }
  const set = readJwkSet(text);
  if (typeof set === "string") return unusable(set);
  try {
    const keys = await ringOf(set);
    if (await agrees(keys)) return keys;
    return unusable("the two halves of its first key do not belong together");
  } catch (error) {
    // Whatever it is about, its message may quote the key.
    const fault = error instanceof Error ? error.name : "fault";
    return unusable(`it has a key that cannot be imported (${fault})`);
  }
}

function unusable(fault: string): Misconfigured {
  return misconfigured(`SIGNING_KEYS is not usable: ${fault}. ${howToSet}`);
}

interface Verifier {
  readonly alg: SigningAlgorithm;
  readonly key: Awaited<ReturnType<typeof importJWK>>;
}

async function ringOf(set: readonly [SigningJwk, ...SigningJwk[]]): Promise<SigningKeys> {
  const [{ publicJwk: first, privateJwk }] = set;
  const signer = await importJWK({ ...first, ...privateJwk }, first.alg);
  const verifiers = new Map<string, Verifier>();
  for (const { publicJwk } of set) {
    const { kid, alg } = publicJwk;
    verifiers.set(kid, { alg, key: await importJWK({ ...publicJwk }, alg) });
  }
  const others = set.slice(1).map(({ publicJwk }) => publicJwk.alg);
  return {
    algorithms: [first.alg, ...new Set(others.filter((alg) => alg !== first.alg))],
    publicJwks: { keys: set.map(({ publicJwk }) => publicJwk) },
    sign: (claims, typ) =>
      new SignJWT(claims).setProtectedHeader({ alg: first.alg, kid: first.kid, typ }).sign(signer),
    verify: (token, expected) => verify(verifiers, token, expected),
  };
}

/** Not every runtime checks this on import. Every site would refuse what such a pair signs. */
async function agrees(keys: SigningKeys): Promise<boolean> {
  const token = await keys.sign({ iss: "self", exp: 1 }, "JWT");
  return !isRefusal(await keys.verify(token, { typ: "JWT", issuer: "self", now: 0 }));
}

/** Of the header only `kid` and `alg` count, and `alg` must be that key's own (RFC 8725, 3.1). */
async function verify(
  verifiers: ReadonlyMap<string, Verifier>,
  token: string,
  { typ, issuer, audience, now, evenExpired = false }: Expected,
): Promise<JWTPayload | Refusal<"unauthenticated">> {
  const keyFor = ({ kid = "", alg }: { kid?: string; alg?: string }) => {
    const verifier = verifiers.get(kid);
    if (verifier?.alg !== alg || verifier === undefined) throw new errors.JWKSNoMatchingKey();
    return verifier.key;
  };
  try {
    const { payload } = await jwtVerify(token, keyFor, {
      algorithms: [...signingAlgorithms],
      typ,
      issuer,
      ...(audience !== undefined && { audience }),
      currentDate: new Date(now),
      requiredClaims: ["exp"],
    });
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    if (!(error instanceof errors.JWTExpired)) {
      return refuse("unauthenticated", { reason: "token_invalid" });
    }
    // The last of the checks: everything else about it was right.
    return evenExpired ? error.payload : refuse("unauthenticated", { reason: "token_expired" });
  }
}
