// @ts-check
// The end of a login that a site asked for. Fetched only then: our own logins do without.
/** @import { RedeemedForSite } from "../src/login/view.ts" */

/**
 * Takes the answer to the site, by its address or by a form.
 * @param {RedeemedForSite} answer
 */
export function goOn({ redirect_to: to, form: fields }) {
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
