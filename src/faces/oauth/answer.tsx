/** The answer to a site (RFC 6749, section 4.1.2): always with `iss` (RFC 9207), and its `state`. */
import type { Refusal } from "../../core/refusal.ts";
import type { Wire } from "../../http/answering.ts";
import type { Ctx } from "../../http/context.ts";
import { shownTo } from "../../http/shown.ts";
import type { RedeemedForSite } from "../../login/view.ts";
import { PostBackPage } from "../../pages/post-back.tsx";
import { descriptionOf, errorOf } from "./errors.ts";
import { issuerOf } from "./issuer.ts";
import { withParameters } from "./redirect-uri.ts";
import type { ReturnAddress } from "./site-request.ts";

type Outcome =
  | { readonly code: string }
  | { readonly error: string; readonly error_description: string };

export function outcomeOf(refusal: Refusal): Outcome {
  return { error: errorOf(refusal), error_description: descriptionOf(refusal) };
}

/** For the login page, which takes its browser there. */
export function answerFor(c: Ctx, to: ReturnAddress, outcome: Outcome): RedeemedForSite {
  const { redirectUri, mode, state } = to;
  const form = { ...outcome, ...(state !== undefined && { state }), iss: issuerOf(c) };
  if (mode === "form_post") return { redirect_to: redirectUri, form };
  return { redirect_to: withParameters(redirectUri, form) };
}

/** The answer, by way of the browser that asked, and at once. */
export function sendToSite(
  c: Ctx,
  to: ReturnAddress,
  outcome: Outcome,
): Response | Promise<Response> {
  const { redirect_to, form } = answerFor(c, to, outcome);
  if (form === undefined) return c.redirect(redirect_to, 303);
  allowForm(c, to);
  return c.html(<PostBackPage {...shownTo(c)} action={redirect_to} fields={form} />);
}

/** A fault, told to the site. */
export function toldToSite(to: ReturnAddress): Wire {
  return (c, refusal) => sendToSite(c, to, outcomeOf(refusal));
}

/**
 * This page's form may go to the site: wherever in https, as browsers hold the site's own redirect
 * after it to the same rule.
 */
export function allowForm(c: Ctx, { redirectUri, mode }: ReturnAddress): void {
  if (mode === "form_post") c.set("formAction", `https: ${new URL(redirectUri).origin}`);
}
