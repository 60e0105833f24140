/**
 * One code, used many times at once: the login says which use was the first. That one succeeds, in
 * whatever order the rest reaches the user's object, and a second use takes back what it gave.
 */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { addClient, type TestClient } from "../../support/worker/clients.ts";
import { ORIGIN } from "../../support/worker/parties.ts";
import {
  basic,
  callFromSite,
  codeOf,
  exchange,
  expectOAuthError,
  REDIRECT_URI,
  search,
  userinfo,
  type Tokens,
} from "../../support/worker/site-login.ts";
import { withBindings } from "../../support/worker/stages.ts";

const scope = "openid offline_access";
let client: TestClient;
beforeAll(async () => {
  client = await addClient({ scope, grants: ["authorization_code", "refresh_token"] });
});

const aCode = () => codeOf(client, { scope });

type Call = (...given: unknown[]) => Promise<unknown>;
/** Does what it likes around a call of an object, by this name. */
type Around = (call: Call, stub: () => DurableObjectStub) => Promise<unknown>;

/** Objects of which some calls are done in another way. */
function meddling(objects: object, around: Readonly<Record<string, Around>>) {
  const real = objects as { getByName(name: string): object };
  const getByName = (name: string) => {
    // A fresh one each time: one whose object was evicted stays broken.
    const stub = () => real.getByName(name) as DurableObjectStub;
    const get = (_: object, call: string) => {
      const plain: Call = (...given) =>
        (stub() as unknown as Record<string, Call>)[call]!(...given);
      const other = around[call];
      return (...given: unknown[]) =>
        other === undefined ? plain(...given) : other(() => plain(...given), stub);
    };
    return new Proxy({}, { get });
  };
  return { getByName };
}

function exchangeBy(changed: Record<string, unknown>, code: string): Promise<Response> {
  const fields = { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI };
  const request = new Request(`${ORIGIN}/oauth/token`, {
    method: "POST",
    headers: { ...basic(client), "Content-Type": "application/x-www-form-urlencoded" },
    body: search(fields),
  });
  return Promise.resolve(withBindings(changed)(request));
}

/** The one success, and that every other is the standard's own refusal. */
async function theOne(responses: readonly Response[]): Promise<Tokens> {
  const good = responses.filter(({ status }) => status === 200);
  expect(good).toHaveLength(1);
  for (const response of responses) {
    if (response.status !== 200) await expectOAuthError(response, "invalid_grant");
  }
  return good[0]?.json<Tokens>() ?? Promise.reject(new Error("none"));
}

async function expectTakenBack({ access_token, refresh_token }: Tokens): Promise<void> {
  expect((await userinfo(access_token)).status).toBe(401);
  const fields = { grant_type: "refresh_token", refresh_token };
  await expectOAuthError(
    await callFromSite("/oauth/token", fields, basic(client)),
    "invalid_grant",
  );
}

async function expectGood({ access_token }: Tokens): Promise<void> {
  expect((await userinfo(access_token)).status).toBe(200);
}

const evicting: Around = async (call, stub) => {
  // One that never ran cannot be evicted.
  await runInDurableObject(stub(), () => undefined);
  await evictDurableObject(stub());
  const answer = await call();
  await evictDurableObject(stub());
  return answer;
};

const away: Around = () => Promise.reject(new Error("away on purpose"));

const lost = () => Object.assign(new Error("network connection lost"), { retryable: true });

test.each(Array.from({ length: 5 }, (_, i) => [i]))(
  "32 of 20 exchanges at once exactly one succeeds, and what it gave is taken back (%i)",
  async () => {
    const code = await aCode();
    const all = Array.from({ length: 20 }, () => exchange(client, code));
    await expectTakenBack(await theOne(await Promise.all(all)));
  },
);

test("32 a second use that overtakes the first on its way to the user changes neither answer", async () => {
  const code = await aCode();
  let second: Promise<Response> | undefined;
  const USERS = meddling(env.USERS, {
    begin: async (begin) => {
      second = exchange(client, code);
      await second;
      return begin();
    },
  });
  const first = await exchangeBy({ USERS }, code);
  await expectTakenBack(await theOne([first, (await second) as Response]));
});

test("32 also where both objects are evicted before and after each call", async () => {
  const code = await aCode();
  const changed = {
    LOGIN: meddling(env.LOGIN, { exchange: evicting }),
    USERS: meddling(env.USERS, { begin: evicting, end: evicting }),
  };
  // One after another: a call that is under way dies with its object.
  const responses: Response[] = [];
  for (let i = 0; i < 3; i++) responses.push(await exchangeBy(changed, code));
  await expectTakenBack(await theOne(responses));
});

test("a lost answer on our side is asked for again, and takes nothing back", async () => {
  const code = await aCode();
  let asked = 0;
  const losing: Around = async (call) => {
    const answer = await call();
    if (++asked % 2 === 1) throw lost();
    return answer;
  };
  const changed = {
    LOGIN: meddling(env.LOGIN, { exchange: losing }),
    USERS: meddling(env.USERS, { begin: losing }),
  };
  await expectGood(await theOne([await exchangeBy(changed, code)]));
  expect(asked).toBe(4);
});

test("a login that is away for 20 at once spends nothing: the next exchange succeeds", async () => {
  const code = await aCode();
  const LOGIN = meddling(env.LOGIN, { exchange: away });
  const responses = Array.from({ length: 20 }, () => exchangeBy({ LOGIN }, code));
  for (const response of await Promise.all(responses)) {
    expect(response.headers.get("Retry-After")).toBe("2");
    await expectOAuthError(response, "temporarily_unavailable", 503);
  }
  await expectGood(await theOne([await exchange(client, code)]));
});

test("32 a user's object that is away gives nobody anything: the code is spent, and stays so", async () => {
  const code = await aCode();
  const USERS = meddling(env.USERS, { begin: away, end: away });
  for (let i = 0; i < 2; i++) {
    await expectOAuthError(await exchangeBy({ USERS }, code), "temporarily_unavailable", 503);
  }
  await expectOAuthError(await exchange(client, code), "invalid_grant");
});
