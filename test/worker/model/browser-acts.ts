/** What a browser does: attach, look, enter the number, redeem. */
import type { Event } from "../../../src/login/machine.ts";
import type { RefusalCode } from "../../../src/core/refusal.ts";
import { ageRefusal, call, listen, polled, type Aim } from "./acts.ts";
import type { Answer } from "./login.ts";
import type { Actor, LoginInWorld, World } from "./world.ts";
import type { Browser } from "../../support/worker/parties.ts";

export const tickets = ["right", "stale", "altered", "garbage"] as const;
export const codes = ["right", "wrong"] as const;

export function browserChecks(actor: Actor): Aim {
  return (world, login) => {
    const { uuid } = login;
    const { now } = world;
    return call(
      () => world.browsers[actor].check(uuid),
      keyRefusal(world, login, actor),
      () => [attachOf(world, login, actor)],
      now,
      (it, model) => polled(model.view(it, "browser", now)),
    );
  };
}

export function browserListens(actor: Actor): Aim {
  return (world, login) =>
    listen(
      world,
      login,
      "browser",
      () => world.browsers[actor].openSocket(login.uuid),
      keyRefusal(world, login, actor),
      attachOf(world, login, actor),
    );
}

export function enters(actor: Actor, which: (typeof codes)[number]): Aim {
  return (world, login) => {
    const { now } = world;
    const shown = login.model.login?.number ?? "000";
    const number = which === "right" ? shown : String((Number(shown) + 1) % 1000).padStart(3, "0");
    return call(
      () => world.browsers[actor].post("/login/verify", { uuid: login.uuid, code: number }),
      keyRefusal(world, login, actor),
      () => [{ kind: "enter", owner: login.owner, number }],
      now,
      (it, model) => model.view(it, "browser", now),
    );
  };
}

export function redeems(actor: Actor, which: (typeof tickets)[number]): Aim {
  return (world, login) => {
    const browser = world.browsers[actor];
    const known = which === "stale" ? ticketOfAnother(world, login) : login.ticket;
    const given = which === "garbage" || known === undefined ? undefined : known;
    const time = (given?.time ?? world.now) + (which === "altered" ? 1 : 0);
    const ticket = given?.ticket ?? "bm9ib2R5.garbage";
    const passes = given !== undefined && given === login.ticket && which !== "altered";
    const sub = Buffer.from(ticket.split(".")[0] ?? "", "base64url").toString();
    const aimed = call(
      () => browser.redeem(login.uuid, { ticket, time }),
      keyRefusal(world, login, actor) ?? (passes ? undefined : "bad_ticket"),
      () => [{ kind: "redeem", owner: login.owner, sub, confirmedAt: time }],
      world.now,
      () => ({ return_to: "/" }),
    );
    return { ...aimed, run: () => countGrant(aimed.run(), browser, login, sub) };
  };
}

/** A session came of it: for the right person, as `GET /me` says. */
async function countGrant(
  run: Promise<Answer>,
  browser: Browser,
  login: LoginInWorld,
  sub: string,
): Promise<Answer> {
  const answer = await run;
  if (answer.status !== 200) return answer;
  login.grants++;
  const me = await (await browser.fetch("/me")).json<{ user?: { sub: string } }>();
  if (me.user?.sub !== sub) throw new Error(`signed in as ${me.user?.sub}, not as ${sub}`);
  return answer;
}

function attachOf(world: World, { owner }: LoginInWorld, actor: Actor): Event {
  const browser = { ...world.placeOfBrowser(actor), name: "", os: "" };
  return { kind: "attach", owner, browser };
}

function ticketOfAnother({ logins }: World, login: LoginInWorld) {
  return logins.find((it) => it !== login && it.ticket !== undefined)?.ticket;
}

function keyRefusal(world: World, login: LoginInWorld, actor: Actor): RefusalCode | undefined {
  const tooOld = ageRefusal(world, login);
  return tooOld ?? (world.hasKey(actor, login.uuid) ? undefined : "not_your_browser");
}
