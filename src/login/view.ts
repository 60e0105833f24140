/** What each side may see of a login. Field names are the wire's, times are relative in seconds. */
import { providerOf } from "../core/address.ts";
import { paths } from "../core/paths.ts";
import { expiresAt, hasEnded, type Login, type EndReason, type State } from "./machine.ts";

/** What the waiting browser sees. The ticket is in it only while the login is `confirmed`. */
export interface BrowserView {
  readonly version: number;
  readonly state: State;
  readonly expires_in: number;
  readonly user?: { readonly name: string; readonly avatar?: string };
  readonly ticket?: string;
  readonly time?: number;
  readonly login_url?: string;
  readonly reason?: EndReason;
}

/** What the phone of the claiming user sees. */
export interface PhoneView {
  readonly version: number;
  readonly state: State;
  readonly expires_in: number;
  /** While `verifying`: what the user reads off the phone and enters in the browser. */
  readonly verify_code?: string;
  readonly reason?: EndReason;
  readonly far?: boolean;
  /** In steps of 50, from 500 on of 500. */
  readonly distance_km?: number;
  /** Whether phone and browser are behind one address; absent where nobody can tell. */
  readonly same_network?: boolean;
  /** Who asks, where it is not this deployment itself. */
  readonly site?: { readonly name: string; readonly host: string };
  readonly browser: {
    readonly name: string;
    readonly os: string;
    /** Its provider's network, "203.0.0.0/16": whoever sees a code can scan it. */
    readonly ip?: string;
    /** Only where the phone is in it as well. */
    readonly city?: string;
    readonly region?: string;
    readonly country?: string;
    /** Age of the request. */
    readonly since_s: number;
  };
}

/** The answer of `GET /qrcode/get`. */
export interface Minted {
  readonly uuid: string;
  /** The text that the code carries. */
  readonly qrcode: string;
  readonly expires_in: number;
  /** The drawing, where the caller asked for it. */
  readonly svg?: string;
}

/** The answer of `GET /qrcode/check`: a view, and in how many seconds to ask again. */
export type Checked<View extends BrowserView | PhoneView> = View & { readonly poll_after: number };

/** The answer of `POST /qrcode/scan`: what the user is asked. */
export interface Claim extends Omit<PhoneView, "version" | "site"> {
  /** Who asks: another site, or this deployment. No host: an app on the user's own computer. */
  readonly site: { readonly name: string; readonly host: string };
  readonly confirm_url: string;
  readonly cancel_url: string;
}

/** The answer of `POST /qrcode/confirm` and `POST /qrcode/cancel`. */
export type Decision = Pick<PhoneView, "state" | "expires_in" | "verify_code">;

/** The answer of `POST /login/qrcode`. */
export interface Redeemed {
  /** A path on our own origin. */
  readonly return_to: string;
}

/** The answer of `POST /oauth/redeem`: the address of the site, and what to post there, if so. */
export interface RedeemedForSite {
  readonly redirect_to: string;
  readonly form?: Readonly<Record<string, string>>;
}

/** `ticketOf` makes the login's ticket; it is asked only in the one state that has one. */
export function browserView(
  login: Login,
  now: number,
  ticketOf: (login: Login) => string,
): BrowserView {
  const { user, confirmedAt } = login;
  return {
    ...common(login, now),
    ...(user && { user: { name: user.name, ...(user.avatar && { avatar: user.avatar }) } }),
    ...(login.state === "confirmed" &&
      confirmedAt !== undefined && {
        ticket: ticketOf(login),
        time: confirmedAt,
        login_url: login.site ? paths.redeemForSite : paths.redeem,
      }),
  };
}

export function phoneView(login: Login, now: number): PhoneView {
  const { name, os, ip, city, region, country } = login.browser;
  const far = login.nearness?.verdict === "far";
  const { km, sameNetwork, sameCity } = login.nearness ?? {};
  const { site } = login;
  const network = ip === undefined ? undefined : providerOf(ip);
  return {
    ...common(login, now),
    ...(login.state === "verifying" && login.number !== undefined && { verify_code: login.number }),
    ...(far && { far, ...(km !== undefined && { distance_km: coarse(km) }) }),
    ...(sameNetwork !== undefined && { same_network: sameNetwork }),
    ...(site && { site: { name: site.name, host: site.host } }),
    browser: {
      name,
      os,
      ...(network !== undefined && { ip: network }),
      ...(city !== undefined && sameCity && { city }),
      ...(region !== undefined && { region }),
      ...(country !== undefined && { country }),
      since_s: Math.max(0, Math.floor((now - login.mintedAt) / 1000)),
    },
  };
}

/** A few exact distances, told to phones in different places, would locate the browser. */
function coarse(km: number): number {
  return km < 500 ? Math.max(50, Math.round(km / 50) * 50) : Math.round(km / 500) * 500;
}

function common(login: Login, now: number) {
  const { version, state, reason } = login;
  // Rounded up, so that a countdown never reaches zero before the deadline.
  const expires_in = hasEnded(login) ? 0 : Math.max(0, Math.ceil((expiresAt(login) - now) / 1000));
  return { version, state, expires_in, ...(reason !== undefined && { reason }) };
}
