/** What a signed-in user decides on the phone: this login is mine, yes, no. Each may be repeated. */
import { pathFor } from "../../core/paths.ts";
import { isRefusal, type Refusal } from "../../core/refusal.ts";
import type { User } from "../../core/user.ts";
import type { Answer } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { uuidFromQuery } from "../../http/input.ts";
import { phoneUser } from "../../http/phone-user.ts";
import { siteOf } from "../../http/shown.ts";
import { placeOf } from "../../http/visitor.ts";
import { loginOf } from "../../login/gateway.ts";
import type { Claim, Decision } from "../../login/view.ts";
import { freshNumber } from "./fresh-number.ts";

/** `POST /qrcode/scan`: claims the login; tells which browser asks, and what to call next. */
export async function scan(c: Ctx): Promise<Answer> {
  const caller = await callerOf(c);
  if (isRefusal(caller)) return caller;
  const { uuid, user } = caller;
  const event = { kind: "scan", user, phone: placeOf(c) } as const;
  const view = await loginOf(c.env, uuid).asPhone(event);
  if (isRefusal(view)) return view;
  const { version: _, ...answer } = view;
  const { origin, host } = new URL(c.req.url);
  return c.json({
    ...answer,
    confirm_url: origin + pathFor("confirm", uuid),
    cancel_url: origin + pathFor("cancel", uuid),
    site: view.site ?? { name: siteOf(c), host },
  } satisfies Claim);
}

/** `POST /qrcode/confirm`: yes; or, where a number is to be matched, the number. */
export async function confirm(c: Ctx): Promise<Answer> {
  const caller = await callerOf(c);
  if (isRefusal(caller)) return caller;
  const { uuid, user } = caller;
  const event = { kind: "confirm", sub: user.sub, number: freshNumber() } as const;
  const view = await loginOf(c.env, uuid).asPhone(event);
  if (isRefusal(view)) return view;
  const { state, expires_in, verify_code } = view;
  return c.json({ state, expires_in, ...(verify_code && { verify_code }) } satisfies Decision);
}

/** `POST /qrcode/cancel`: no. */
export async function cancel(c: Ctx): Promise<Answer> {
  const caller = await callerOf(c);
  if (isRefusal(caller)) return caller;
  const { uuid, user } = caller;
  const event = { kind: "cancel", sub: user.sub } as const;
  const view = await loginOf(c.env, uuid).asPhone(event);
  if (isRefusal(view)) return view;
  return c.json({ state: view.state, expires_in: view.expires_in } satisfies Decision);
}

async function callerOf(c: Ctx): Promise<{ uuid: string; user: User } | Refusal> {
  const uuid = uuidFromQuery(c);
  if (isRefusal(uuid)) return uuid;
  const user = await phoneUser(c);
  return isRefusal(user) ? user : { uuid, user };
}
