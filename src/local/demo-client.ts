import { newClient } from "./new-client.ts";
import { replaceClient } from "./sql.ts";

export interface DemoClient {
  readonly id: string;
  readonly secret: string;
  /** One statement after which scan-login knows it. */
  readonly sql: string;
}

/** The demo site's client. */
export function demoClient(secret: string): DemoClient {
  const { row } = newClient({
    id: "demo",
    name: "Demo site",
    // At any port, as for every loopback address.
    redirectUris: ["http://localhost/callback"],
    postLogoutRedirectUris: ["http://localhost/"],
    scope: "openid profile email",
    secret,
  });
  return { id: row.id, secret, sql: replaceClient(row) };
}
