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
    /** Headers that a face has of its own, in place of the strict ones. */
    headers?: Readonly<Record<string, string>>;
    /** Where this page's form may lead, besides our own origin: sources of a CSP. */
    formAction?: string;
  };
}

export type Ctx = Context<AppEnv>;
