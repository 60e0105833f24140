import { Layout, Mark, Said, Sayings, Sentence, type Shown } from "./layout.tsx";
import { strings } from "./language.ts";
import type { Qr } from "./qr.ts";

export interface LoginPageProps extends Shown {
  readonly uuid: string;
  readonly qr: Qr;
  /** Seconds left to scan. */
  readonly expiresInS: number;
  /** A path on this origin, checked already: where a login ends. */
  readonly returnTo: string;
  /** The app's name, where a plain camera cannot sign anybody in. */
  readonly app?: string | undefined;
  /** Who asks, where it is not this deployment itself; and what it asked, which goes back with the ticket. */
  readonly client?: { readonly name: string; readonly request: string };
  /** On localhost only: the address behind the code, for anybody without a phone at hand. */
  readonly elsewhereUrl?: string | undefined;
}

/**
 * The login page, with the code in it: visible before, and without, any script. The script only
 * picks among the sayings rendered here, and covers the code when it is not to be scanned.
 */
export function LoginPage(props: LoginPageProps) {
  const { lang, site, uuid, qr, expiresInS, returnTo, app, client, elsewhereUrl } = props;
  const words = strings[lang].login;
  const known = { site, ...(app !== undefined && { app }) };
  const steps = [app === undefined ? words.scan : words.scanWithApp, words.check, words.done];
  return (
    <Layout shown={props} title={`${words.states.waiting[0]} · ${site}`} script="login">
      <main
        class="card login"
        data-state="waiting"
        data-uuid={uuid}
        data-expires-in={expiresInS}
        data-return-to={returnTo}
        data-site={site}
        data-request={client?.request}
      >
        <h1>
          <Mark />
          <span>
            <Sentence of={words.title} known={known} />
            {client && (
              <small class="line">
                <link rel="modulepreload" href="/for-site.js" />
                <Sentence of={words.goOn} known={{ client: client.name }} />
              </small>
            )}
          </span>
        </h1>
        <div class="door">
          <div class="tile">
            <svg
              class="qr"
              viewBox={`0 0 ${qr.size} ${qr.size}`}
              role="img"
              aria-label={words.qr}
              shape-rendering="crispEdges"
            >
              <path stroke="#000" d={qr.path} />
            </svg>
            <div class="cover">
              <span class="avatar" aria-hidden="true" hidden />
              <form hidden>
                <label for="code">{words.number}</label>
                <input
                  id="code"
                  inputmode="numeric"
                  autocomplete="one-time-code"
                  pattern="[0-9]{3}"
                  maxlength={3}
                  required
                />
                <button type="submit">{words.enter}</button>
              </form>
            </div>
          </div>
          <div class="bar">
            <i />
          </div>
          <div class="words">
            <div id="say" aria-live="polite" aria-atomic="true" tabindex={-1}>
              <Said saying={words.states.waiting} known={known} level={2} />
            </div>
            <button id="again" type="button" hidden>
              <span>{words.notYou} </span>
              {words.again}
            </button>
            <p class="line" id="left" hidden>
              <Sentence of={words.left} known={known} />
            </p>
            <output class="line" id="line" />
          </div>
          <noscript>
            <p class="warn">{words.noscript}</p>
          </noscript>
          {elsewhereUrl && (
            <a id="elsewhere" href={elsewhereUrl} target="_blank" rel="noopener">
              {words.elsewhere}
            </a>
          )}
        </div>
        <ol class="steps">
          {steps.map((step) => (
            <li>
              <span>
                <Sentence of={step} known={known} />
              </span>
            </li>
          ))}
        </ol>
        <p class="safety">{words.safety}</p>
        <Sayings of={words.states} known={known} level={2} />
        <Lines of={words.line} />
      </main>
    </Layout>
  );
}

/** The small print about the connection, picked like a saying: ids `line-<key>`. */
export function Lines({ of }: { of: Record<string, string> }) {
  return (
    <>
      {Object.entries(of).map(([key, sentence]) => (
        <template id={`line-${key}`}>
          <Sentence of={sentence} known={{}} />
        </template>
      ))}
    </>
  );
}
