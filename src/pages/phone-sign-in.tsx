import { pathFor } from "../core/paths.ts";
import { Layout, Sentence, Site, type Shown } from "./layout.tsx";
import { fill, relativeWords } from "./fill.ts";
import { strings } from "./language.ts";

export type SignInFailure =
  | "bad_credentials"
  | "account_disabled"
  | "account_deleted"
  | "rate_limited"
  | "missing_field"
  | "bad_request"
  | "unavailable";

export interface PhoneSignInPageProps extends Shown {
  readonly uuid: string;
  readonly failure?: SignInFailure | undefined;
  /** With `rate_limited`: seconds until another try is heard. */
  readonly retryAfterS?: number | undefined;
  /** What was typed before, so that only the password is to be typed again. */
  readonly username?: string | undefined;
}

/** Built-in accounts: who is on the phone. A plain form, so that it works without script. */
export function PhoneSignInPage(props: PhoneSignInPageProps) {
  const { lang, site, uuid, username } = props;
  const words = strings[lang].signIn;
  const wrong = failureWords(props);
  const tied = wrong === undefined ? {} : ({ "aria-describedby": "error" } as const);
  // After a wrong password this stands at the address of the form, which answers no link.
  const others = props.others.map((other) => ({
    ...other,
    href: `${pathFor("scan", uuid)}&lang=${other.lang}`,
  }));
  const invalid = isAboutFields(props.failure) ? ({ "aria-invalid": "true" } as const) : {};
  return (
    <Layout
      shown={{ ...props, others }}
      title={`${wrong === undefined ? "" : `${words.error}: `}${words.title} · ${site}`}
      script="sign-in"
      style="narrow"
    >
      <main class="card narrow">
        <Site name={site} />
        <h1>{words.title}</h1>
        <p>
          <Sentence of={words.why} known={{ site }} />
        </p>
        <form method="post" action="/account/token" class="fields">
          {wrong !== undefined && (
            <p class="warn" id="error" role="alert">
              {wrong}
            </p>
          )}
          <input type="hidden" name="uuid" value={uuid} />
          <label for="username">{words.username}</label>
          <input
            id="username"
            name="username"
            value={username}
            autocomplete="username"
            autocapitalize="none"
            autocorrect="off"
            spellcheck={false}
            required
            {...tied}
            {...invalid}
          />
          <label for="password">{words.password}</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
            {...tied}
            {...invalid}
          />
          <button id="show" type="button" class="link" aria-pressed="false" hidden>
            {words.show}
          </button>
          <button type="submit">{words.go}</button>
        </form>
      </main>
    </Layout>
  );
}

function failureWords(props: PhoneSignInPageProps): string | undefined {
  const { lang, site, failure, retryAfterS } = props;
  const words = strings[lang].signIn.failure;
  if (failure === undefined) return undefined;
  if (failure === "rate_limited" && retryAfterS === undefined) return words.rate_limited_open;
  return fill(words[failure], { site, when: relativeWords(lang, retryAfterS ?? 0) });
}

function isAboutFields(failure: SignInFailure | undefined): boolean {
  return failure === "bad_credentials" || failure === "missing_field" || failure === "bad_request";
}
