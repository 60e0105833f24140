import * as v from "valibot";
import { isLoopback } from "../core/hosts.ts";
import { text } from "../core/settings.ts";

/**
 * Where an issuer is asked. Anyone who can change its answers on the way signs in as anybody, so it
 * is https, or this machine.
 */
export const issuerUrl = v.pipe(
  text,
  v.check((given) => {
    const url = URL.parse(given);
    return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  }, "an https URL"),
);
