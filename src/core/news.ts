/**
 * What the outside is told of: a deployment's own server by webhook, sites by logout token. An
 * object tells a queue, and the queue's consumer (`src/news/`) tells the outside, for as long as it
 * takes. What the queue did not accept stays with the object that said it, which tries again.
 *
 * The same event always has the same id, so that whoever hears of it twice can know that.
 */
import { createHash } from "node:crypto";
import { audit } from "./audit.ts";
import { NEWS_BATCH_MAX, NEWS_BATCH_MAX_BYTES } from "./limits.ts";
import type { Place } from "./place.ts";

/** Of each type, what is told: part of the contract with receivers, so it may grow and not change. */
export interface NewsData {
  /** Somebody was signed in: here, or at a site. */
  readonly "login.redeemed": LoginTold;
  /** It was refused: by its user, or by a wrong number. */
  readonly "login.cancelled": LoginTold & { readonly reason: "denied" | "wrong_code" };
  readonly "session.ended": SessionTold;
  /** A refresh token was used a second time, so that one of two hands has a copy: its grant ended. */
  readonly "refresh.reused": GrantTold;
  /** What a site was granted was ended by that site, or because its code was used a second time. */
  readonly "grant.ended": GrantTold;
}

export type NewsType = keyof NewsData;

interface LoginTold {
  readonly sub: string;
  /** The client that asked; absent where that was this deployment itself. */
  readonly site?: string;
  /** The browser that was, or would have been, signed in. */
  readonly browser: { readonly name: string; readonly os: string };
  readonly place: Pick<Place, "ip" | "city" | "region" | "country" | "asn">;
  /** How it was approved (RFC 8176). */
  readonly amr: readonly string[];
}

interface SessionTold {
  readonly sub: string;
  /** As in id tokens. */
  readonly sid: string;
  readonly reason: string;
  /** The origin that signed the id tokens of the session; without it no logout token can be made. */
  readonly issuer?: string;
  /** The sites that were signed in to by it: each is sent a logout token, if it wants one. */
  readonly clients: readonly string[];
}

interface GrantTold {
  readonly sub: string;
  readonly sid: string;
  readonly client: string;
}

/** One event. `at` is in milliseconds since the epoch. */
export type News<Type extends NewsType = NewsType> = {
  readonly [T in Type]: {
    readonly id: string;
    readonly type: T;
    readonly at: number;
    readonly data: NewsData[T];
  };
}[Type];

/** What of the Worker's bindings and variables decides who is told; all of it may be missing. */
interface Outside {
  readonly NEWS?: Pick<Queue<News>, "sendBatch">;
  readonly WEBHOOK_URL?: string;
}

/**
 * @param parts what makes this event this one, as its login's uuid: whoever sees the id learns none
 * of them
 */
export function newsId(type: NewsType, ...parts: readonly string[]): string {
  const whole = JSON.stringify([type, ...parts]);
  return `evt_${createHash("sha256").update(whole).digest("base64url").slice(0, 22)}`;
}

/** Is there a queue to tell, and anybody behind it? Where this is false, nothing need be kept. */
export function isAwaited(env: object, { type, data }: Pick<News, "type" | "data">): boolean {
  const { NEWS, WEBHOOK_URL } = env as Outside;
  if (NEWS === undefined) return false;
  if (WEBHOOK_URL !== undefined && WEBHOOK_URL !== "") return true;
  return type === "session.ended" && "clients" in data && data.clients.length > 0;
}

/**
 * @param env the Worker's bindings
 * @returns whether the queue accepted it all, or nobody listens; else keep it all, and try again
 */
export async function tellNews(env: object, news: readonly News[]): Promise<boolean> {
  const { NEWS } = env as Outside;
  const awaited = news.filter((it) => isAwaited(env, it));
  if (NEWS === undefined) return true;
  try {
    for (const batch of batchesOf(awaited)) {
      await NEWS.sendBatch(batch.map((body) => ({ body, contentType: "json" })));
    }
    return true;
  } catch (error) {
    audit("news.not_accepted", { cause: String(error) });
    return false;
  }
}

/** As many at once as a queue takes. */
export function batchesOf(news: readonly News[]): News[][] {
  const batches: News[][] = [];
  let bytes = Infinity;
  for (const it of news) {
    const size = Buffer.byteLength(JSON.stringify(it));
    const last = batches.at(-1);
    if (last && last.length < NEWS_BATCH_MAX && bytes + size <= NEWS_BATCH_MAX_BYTES) {
      last.push(it);
      bytes += size;
    } else {
      batches.push([it]);
      bytes = size;
    }
  }
  return batches;
}
