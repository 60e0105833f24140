// @ts-check
// The end of a login that a site asked for. Fetched only then: our own logins do without.
/** @import { RedeemedForSite } from "../src/login/view.ts" */

/**
 * Takes the answer to the site, by its address or by a form.
 * @param {object} answer As `POST /oauth/redeem` gave it.
 */
export function goOn(answer) {
  const { redirect_to: to, form: fields } = /** @type {RedeemedForSite} */ (answer);
  // Where storage is blocked, nothing was kept.
  try {
    sessionStorage.kept = "";
  } catch {}
  if (!fields) return location.replace(to);
  const form = document.createElement("form");
  form.method = "post";
  form.action = to;
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.type = "hidden";
    Object.assign(field, { name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}
