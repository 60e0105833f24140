/**
 * What README.md says a deployment has where it sets nothing; of `""` that is nothing at all. Every
 * test runs with these, whatever wrangler.toml and .dev.vars say on this machine.
 */
export const defaultSettings: Readonly<Record<string, string>> = {
  SITE_NAME: "",
  APP_NAME: "",
  APP_URL: "",
  IDENTITY: "accounts",
  SCAN_WITHIN_S: "120",
  CONFIRM_WITHIN_S: "60",
  REDEEM_WITHIN_S: "30",
  SESSION_TTL_S: "604800",
  SSO_TTL_S: "0",
  ACCOUNT_TTL_S: "2592000",
  PROXIMITY: "warn",
  FAR_FROM_KM: "500",
  VERIFY: "auto",
};
