/** The addresses that one room tells a caller and another room answers at. */
export const paths = {
  /** What the code says; the phone's page, and where an app posts its scan. */
  scan: "/qrcode/scan",
  confirm: "/qrcode/confirm",
  cancel: "/qrcode/cancel",
  /** Where a ticket is redeemed. */
  redeem: "/login/qrcode",
  /** The same, where a site asked. */
  redeemForSite: "/oauth/redeem",
} as const;

/** @returns the path of a call about one login */
export function pathFor(call: "scan" | "confirm" | "cancel", uuid: string): string {
  return `${paths[call]}?uuid=${uuid}`;
}
