/**
 * A page put into any state it can be in, without waiting for it to happen: the server's pages are
 * real, what they hear afterwards is played to them.
 */
import type { Page, Route, WebSocketRoute } from "playwright-core";
import type { BrowserView, PhoneView } from "../../src/login/view.ts";

/**
 * `hold`: no answer yet. `cut`: the network is gone. `stay`: an answer without content, so
 * that the browser stays where it is (RFC 9110, section 15.3.5). Else status and JSON; a problem by
 * its code.
 */
export type Play =
  | "hold"
  | "cut"
  | "stay"
  | { readonly status: number; readonly code: string; readonly retryAfterS?: number }
  | object;

export interface Scene {
  /** What the socket says; nothing at all: it is closed at once. */
  readonly hears?: Partial<BrowserView> | Partial<PhoneView>;
  /** Answers by method and path, `POST /qrcode/scan`; every other call reaches the server. */
  readonly plays?: Readonly<Record<string, Play>>;
}

/** Only calls are routed: scripts and styles would load more slowly for it. */
const calls = /\/(qrcode\/\w+|login\/qrcode|me|on)(\?|$)/;

/** Plays scenes to one page; each begins with the page's next load. */
export class Player {
  scene: Scene = {};

  /** From then on sockets of this page end here. */
  static async at(page: Page): Promise<Player> {
    const player = new Player();
    await page.routeWebSocket(/\/qrcode\/ws/, (socket) => player.#tell(socket));
    await page.route(calls, (route) => player.#answer(route));
    return player;
  }

  #tell(socket: WebSocketRoute): void {
    const { hears } = this.scene;
    if (hears === undefined) void socket.close();
    else socket.send(JSON.stringify({ version: 2, expires_in: 50, ...hears }));
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const call = `${request.method()} ${new URL(request.url()).pathname}`;
    const play = this.scene.plays?.[call];
    if (play === undefined) return route.continue();
    if (play === "hold") return undefined;
    if (play === "cut") return route.abort("connectionfailed");
    if (play === "stay") return route.fulfill({ status: 204 });
    if (!("code" in play)) return route.fulfill({ json: play });
    const { status, code, retryAfterS } = play;
    const headers = retryAfterS === undefined ? {} : { "Retry-After": String(retryAfterS) };
    return route.fulfill({ status, headers, json: { status, code } });
  }
}
