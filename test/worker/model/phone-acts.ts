/** What a phone does: scan, confirm, cancel, watch; and credentials that come along with a uuid. */
import type { Event } from "../../../src/login/machine.ts";
import type { Place } from "../../../src/core/place.ts";
import type { User } from "../../../src/core/user.ts";
import { isRefusal, type RefusalCode } from "../../../src/core/refusal.ts";
import { wireOf } from "../../support/wire.ts";
import type { PhoneView } from "../../../src/login/view.ts";
import { ageRefusal, call, listen, polled, toAnswer, type Aim } from "./acts.ts";
import { answered, refused } from "./login.ts";
import { objectOf, type World } from "./world.ts";
import { Browser, ORIGIN, type Account } from "../../support/worker/parties.ts";

const site = new URL(ORIGIN).host;

export function phoneChecks(who: number): Aim {
  return (world, login) => {
    const { phone, account } = handset(world, who);
    const { now } = world;
    return call(
      () => phone.check(login.uuid),
      ageRefusal(world, login),
      () => [{ kind: "watch", sub: account.sub }],
      now,
      (it, model) => polled(model.view(it, "phone", now)),
    );
  };
}

export function phoneListens(who: number): Aim {
  return (world, login) => {
    const { phone, account } = handset(world, who);
    const watch: Event = { kind: "watch", sub: account.sub };
    const open = () => phone.openSocket(login.uuid);
    return listen(world, login, "phone", open, ageRefusal(world, login), watch);
  };
}

export function scans(who: number): Aim {
  return (world, login) => {
    const { phone } = handset(world, who);
    const { now } = world;
    return call(
      () => phone.scan(login.uuid),
      ageRefusal(world, login),
      () => [scanOf(world, who)],
      now,
      (it, model) => {
        const { version: _, ...view } = model.view(it, "phone", now);
        const confirm_url = `${ORIGIN}/qrcode/confirm?uuid=${login.uuid}`;
        const cancel_url = `${ORIGIN}/qrcode/cancel?uuid=${login.uuid}`;
        return { ...view, confirm_url, cancel_url, site: { name: site, host: site } };
      },
    );
  };
}

export function confirms(who: number): Aim {
  return (world, login) => {
    const { phone, account } = handset(world, who);
    const { now } = world;
    return call(
      () => phone.confirm(login.uuid),
      ageRefusal(world, login),
      (number) => [{ kind: "confirm", sub: account.sub, number }],
      now,
      (it, model) => {
        const { state, expires_in, verify_code } = model.view(it, "phone", now) as PhoneView;
        return { state, expires_in, ...(verify_code && { verify_code }) };
      },
    );
  };
}

export function cancels(who: number): Aim {
  return (world, login) => {
    const { phone, account } = handset(world, who);
    const { now } = world;
    return call(
      () => phone.cancel(login.uuid),
      ageRefusal(world, login),
      () => [{ kind: "cancel", sub: account.sub }],
      now,
      (it, model) => {
        const { state, expires_in } = model.view(it, "phone", now);
        return { state, expires_in };
      },
    );
  };
}

/** Wrong credentials came along with this uuid: what the Worker tells the object then. */
export function failsCredentials(): Aim {
  return (world, login) => ({
    async run() {
      const refusal = await objectOf(login.uuid).fail(login.uuid);
      return refusal ? refused(refusal.refused) : { status: 200, body: "counted" };
    },
    play(model) {
      const { next, result } = model.after(world.now, { kind: "fail" });
      return { next, answer: answered(result, () => "counted") };
    },
  });
}

/** Scan and confirm in one call, with credentials. */
export function verifies(who: number): Aim {
  return (world, login) => {
    const { account, place } = handset(world, who);
    const body = {
      UUID: login.uuid,
      UserName: account.username,
      Password: account.password,
      Platform: "model",
    };
    // A device of its own each time, at the place of the phone that it stands for.
    const device = new Browser({ cf: cfOf(place) });
    const phone = { ...place, ip: device.address };
    const { sub } = account;
    return {
      run: async () => toAnswer(await device.post("/qrcode/verify", body)),
      play(model, number) {
        const tooOld = ageRefusal(world, login);
        if (tooOld) return { next: model, answer: { status: 200, body: numbered(tooOld) } };
        const { next, result } = model.after(
          world.now,
          { kind: "scan", user: userOf(account), phone },
          { kind: "confirm", sub, number },
        );
        if (isRefusal(result)) {
          return { next, answer: { status: 200, body: numbered(result.refused) } };
        }
        const shown = result.state === "verifying" ? result.number : undefined;
        const done = shown
          ? { Result: 0, Message: `Enter ${shown} in the browser.`, VerifyCode: shown }
          : { Result: 0, Message: "Signed in." };
        return { next, answer: { status: 200, body: done } };
      },
    };
  };
}

function scanOf(world: World, who: number): Event {
  const { account, place } = handset(world, who);
  return { kind: "scan", user: userOf(account), phone: place };
}

function handset({ handsets }: World, who: number) {
  const found = handsets[who % handsets.length];
  if (found === undefined) throw new Error("a world has phones");
  return found;
}

function numbered(code: RefusalCode) {
  const { result, title } = wireOf(code);
  return { Result: result, Message: title };
}

function cfOf({ latitude, longitude, country, city }: Place) {
  return { latitude: String(latitude), longitude: String(longitude), country, city };
}

/** As the built-in accounts tell it. */
function userOf({ sub, name, username }: Account): User {
  return { sub, name, preferredUsername: username };
}
