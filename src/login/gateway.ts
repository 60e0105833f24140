/** The way from a face to a login object, and what happens when that way is briefly broken. */
import { askObject, askObjectOnce } from "../core/ask-object.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import type { EventOf } from "./machine.ts";
import type { LoginObject } from "./object.ts";

/** What a login object can be asked; the stub's own type does not carry unions of results. */
type LoginCalls = Pick<
  LoginObject,
  "asBrowser" | "asPhone" | "redeem" | "vouch" | "exchange" | "fail"
> &
  Pick<Fetcher, "fetch">;

type Question<T> = (login: LoginCalls) => Promise<T>;

/** Every call answers with what the object says, or with a refusal: its own, or `unavailable`. */
export function loginOf(env: Env, uuid: string) {
  const stub = (): LoginCalls => env.LOGIN.getByName(uuid);
  const repeatable = <T>(question: Question<T>): Promise<T | Refusal> => askObject(stub, question);
  const unrepeatable = <T>(question: Question<T>): Promise<T | Refusal> =>
    askObjectOnce(stub, question);

  return {
    asBrowser: (event: EventOf<"attach" | "enter">) =>
      repeatable((login) => login.asBrowser(uuid, event)),

    asPhone: (...events: EventOf<"scan" | "confirm" | "cancel" | "watch">[]) =>
      repeatable((login) => login.asPhone(uuid, ...events)),

    /** An answer may be lost after the deed: only an attempt with a name may be repeated. */
    redeem: (event: EventOf<"redeem">) => {
      const ask = event.attempt === undefined ? unrepeatable : repeatable;
      return ask((login) => login.redeem(uuid, event));
    },

    vouch: (attach: EventOf<"attach">, event: EventOf<"vouch">) =>
      repeatable((login) => login.vouch(uuid, attach, event)),

    /** It names its attempt, so it may be repeated: any other would take back what it gave. */
    exchange: (event: EventOf<"exchange">) => repeatable((login) => login.exchange(uuid, event)),

    fail: () => unrepeatable((login) => login.fail(uuid)),

    /**
     * A socket, for the browser (`attach`) or the claiming phone (`watch`): the client's half of it.
     * It comes by `fetch`, as no other call of an object can carry one; so the event goes along in
     * the address.
     */
    async listen(event: EventOf<"attach" | "watch">): Promise<WebSocket | Refusal> {
      const query = new URLSearchParams({ uuid, event: JSON.stringify(event) });
      const answer = await repeatable((login) =>
        login.fetch(`https://login/?${query.toString()}`, { headers: { Upgrade: "websocket" } }),
      );
      if (isRefusal(answer)) return answer;
      return answer.webSocket ?? answer.json<Refusal>();
    },
  };
}
