/** Cookies of one phone over several logins, and redirects followed with them, on one origin. */
import { cookiesOf, type Answer, type Ask, type Person } from "./person.ts";

const REDIRECTS_MAX = 6;

export class CookieJar {
  #cookies = new Map<string, string>();

  async ask(person: Person, method: "GET" | "POST", path: string, ask: Ask = {}): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...ask.headers, origin: person.origin, ...(cookie && { cookie }) };
    const answer = await person.ask(method, path, { ...ask, headers });
    for (const pair of cookiesOf(answer).split("; ").filter(Boolean)) {
      const [name = "", ...value] = pair.split("=");
      if (value.join("=")) this.#cookies.set(name, value.join("="));
      else this.#cookies.delete(name);
    }
    return answer;
  }

  async follow(person: Person, method: "GET" | "POST", path: string, ask?: Ask): Promise<Answer> {
    let answer = await this.ask(person, method, path, ask);
    for (let i = 0; i < REDIRECTS_MAX && answer.headers.location; i++) {
      const { pathname, search } = new URL(answer.headers.location, person.origin);
      answer = await this.ask(person, "GET", pathname + search);
    }
    return answer;
  }
}
