/** A tab without a page: loads it over HTTP and listens with the page's own client, and costs little. */
import { watch } from "../../../public/client/watch.js";
import type { BrowserView } from "../../../src/login/view.ts";
import { outside } from "../http-login.ts";

export class HttpTab {
  readonly #env;
  #channel: { stop: () => void } | undefined;
  /** Told of each view that is pushed. */
  onView: (view: BrowserView) => void = () => {};
  uuid = "";
  readonly heard: BrowserView[] = [];
  /** Sockets opened in place of one that was lost after it had been heard. */
  reconnects = 0;

  /** @param address one for each tab, as the server limits what comes from one */
  constructor(origin: string, address: string) {
    const env = outside(origin, { Origin: origin, "CF-Connecting-IP": address });
    this.#env = {
      ...env,
      connect: (path: string) => {
        if (this.heard.length > 0) this.reconnects++;
        return env.connect(path);
      },
    };
  }

  /** Gets the page, and with it a code and its key. */
  async load(): Promise<void> {
    const response = await this.#env.fetch("/", {});
    const [, uuid] = /data-uuid="([^"]+)"/.exec(await response.text()) ?? [];
    if (uuid === undefined) throw new Error(`the page answered ${response.status}, with no code`);
    this.uuid = uuid;
  }

  /** Opens the socket; comes back once the server has said how things stand. */
  async listen(): Promise<void> {
    this.heard.length = 0;
    this.reconnects = 0;
    await new Promise<void>((resolve, reject) => {
      const view = (news: BrowserView) => {
        this.heard.push(news);
        resolve();
        this.onView(news);
      };
      const refused = ({ code }: { code: string }) => reject(new Error(`refused: ${code}`));
      const on = { view, refused, left: () => {}, trouble: () => {} };
      this.#channel = watch("browser", this.uuid, on, this.#env);
    });
  }

  /** What a reload does: the socket goes, a new page comes, and a new socket. */
  async reload(): Promise<void> {
    this.close();
    await this.load();
    await this.listen();
  }

  close(): void {
    this.#channel?.stop();
  }
}

/** An address of the network that is set aside for benchmarks (RFC 2544). */
export function addressOf(index: number): string {
  return `198.18.${(index >> 8) & 255}.${index & 255}`;
}
