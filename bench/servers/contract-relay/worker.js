/**
 * A relay that answers this project's HTTP contract: the same calls, cookies, headers, bodies, rows
 * and alarm, on the same framework, and nothing is signed, checked or decided. It is the least that
 * any implementation of the contract takes, so what is above it is what the checks cost.
 */
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, setCookie } from "hono/cookie";
import { secureHeaders } from "hono/secure-headers";

const USER = { sub: "person-1", name: "Person 1" };
const BROWSER = { ip: "127.0.0.1", name: "", os: "" };
/** As long as the real ones. */
const KEY = "k".repeat(45);
const TICKET = "t".repeat(60);
const SESSION = "s".repeat(220);
const OWNER = "o".repeat(43);

export class Relay extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  async fetch() {
    const { 0: browser, 1: here } = new WebSocketPair();
    const now = Date.now();
    await this.ctx.storage.setAlarm(now + 20_000);
    this.ctx.acceptWebSocket(here);
    here.serializeAttachment({ since: now, pending: login("pending", now) });
    here.send(JSON.stringify({ state: "pending", version: 1, expires_in: 120 }));
    return new Response(null, { status: 101, webSocket: browser });
  }

  tell(state) {
    const { version = 1 } = JSON.parse(this.ctx.storage.kv.get("login") ?? "{}");
    const row = { ...login(state, Date.now()), version: version + 1, user: USER };
    this.ctx.storage.kv.put("login", JSON.stringify(row));
    const ticket = state === "confirmed" && { ticket: TICKET, time: Date.now() };
    const view = { state, version: row.version, expires_in: 60, user: USER, ...ticket };
    const text = JSON.stringify(view);
    for (const socket of this.ctx.getWebSockets()) {
      socket.send(text);
      if (state === "redeemed") socket.close(1000, state);
    }
    return { state, version: row.version, expires_in: 60, browser: BROWSER };
  }

  async alarm() {
    await this.ctx.storage.deleteAll();
  }
}

function login(state, now) {
  return { version: 1, state, mintedAt: now, deadline: now, owner: OWNER, browser: BROWSER };
}

const app = new Hono();
const none = ["'none'"];
const self = ["'self'"];
const secured = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: none,
    scriptSrc: self,
    styleSrc: self,
    imgSrc: ["'self'", "https:"],
    connectSrc: self,
    formAction: self,
    baseUri: none,
    frameAncestors: none,
  },
  permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
});
app.use(secured, async (c, next) => {
  await next();
  c.res.headers.set("Cache-Control", "no-store");
});
app.use(bodyLimit({ maxSize: 4096 }));

const cookie = { path: "/", httpOnly: true, sameSite: "Lax" };
const relayOf = (c, uuid = c.req.query("uuid")) => c.env.LOGIN.getByName(uuid);
const addressOf = (c, path) => new URL(path, c.req.url).href;

app.get("/qrcode/get", (c) => {
  const uuid = crypto.randomUUID();
  setCookie(c, `login-${uuid}`, KEY, { ...cookie, maxAge: 300 });
  const qrcode = addressOf(c, `/qrcode/scan?uuid=${uuid}`);
  return c.json({ uuid, qrcode, expires_in: 120 });
});
app.get("/qrcode/ws", async (c) => {
  const { webSocket } = await relayOf(c).fetch(c.req.raw);
  return new Response(null, { status: 101, webSocket });
});
app.post("/qrcode/scan", async (c) => {
  const view = await relayOf(c).tell("scanned");
  const uuid = c.req.query("uuid");
  return c.json({
    ...view,
    confirm_url: addressOf(c, `/qrcode/confirm?uuid=${uuid}`),
    cancel_url: addressOf(c, `/qrcode/cancel?uuid=${uuid}`),
  });
});
app.post("/qrcode/confirm", async (c) => {
  const { state, expires_in } = await relayOf(c).tell("confirmed");
  return c.json({ state, expires_in });
});
app.post("/login/qrcode", async (c) => {
  const { uuid } = await c.req.json();
  await relayOf(c, uuid).tell("redeemed");
  setCookie(c, "session", SESSION, { ...cookie, maxAge: 604_800 });
  deleteCookie(c, `login-${uuid}`, cookie);
  return c.json({ return_to: "/" });
});
export default app;
