/**
 * The bare relay: what the platform itself costs. An object that passes on one message and stores
 * nothing, behind the barest of Hono routes. No signature, no check, no state. With `KEEPS` it
 * stores what it passes on, and nobody hears of it before it is stored: what durability costs.
 */
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";

export class Relay extends DurableObject {
  fetch() {
    const { 0: browser, 1: here } = new WebSocketPair();
    this.ctx.acceptWebSocket(here);
    here.send('{"state":"pending"}');
    return new Response(null, { status: 101, webSocket: browser });
  }

  tell(state) {
    if (this.env.KEEPS) this.ctx.storage.kv.put("state", state);
    for (const socket of this.ctx.getWebSockets()) socket.send(JSON.stringify({ state }));
  }
}

const app = new Hono();
app.get("/get", (c) => c.json({ uuid: crypto.randomUUID() }));
app.get("/ws", (c) => c.env.RELAY.getByName(c.req.query("uuid")).fetch(c.req.raw));
app.post("/tell", async (c) => {
  await c.env.RELAY.getByName(c.req.query("uuid")).tell(c.req.query("state"));
  return c.json({});
});
app.post("/login", (c) => c.json({}, 200, { "set-cookie": "session=1; HttpOnly" }));
export default app;
