/** What every route is given. */
import type { Context } from "hono";
import type { Config } from "../config.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    config: Config;
    /** For the audit trail: the login and the user that this call is about, once known. */
    uuid?: string;
    user?: string;
  };
}

export type Ctx = Context<AppEnv>;
