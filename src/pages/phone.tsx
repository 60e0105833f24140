import { Avatar, Layout, Said, Sayings, Sentence, Site, type Shown } from "./layout.tsx";
import type { User } from "../core/user.ts";
import { Lines } from "./login.tsx";
import { fill } from "./fill.ts";
import { strings, type Lang } from "./language.ts";

export interface PhonePageProps extends Shown {
  readonly uuid: string;
  readonly user: User;
  /** Whether it claims the login by itself; if not, only after a tap. */
  readonly claims: boolean;
}

/**
 * The phone of a user who is signed in with a built-in account. Its script claims the login, at once
 * or on a tap, and shows what is asked; nothing is granted before the answer.
 */
export function PhonePage(props: PhonePageProps) {
  const { lang, site, uuid, user, claims } = props;
  const words = strings[lang].phone;
  const known = { site, name: user.name };
  const state = claims ? "working" : "hold";
  return (
    <Layout
      shown={props}
      title={`${fill(words.states[state][0], known)} · ${site}`}
      script="phone"
      style="narrow"
    >
      <main
        class="card narrow phone"
        data-state={state}
        data-uuid={uuid}
        data-site={site}
        data-now={strings[lang].justNow}
        data-same={words.sameNetwork}
        data-other={words.otherNetwork}
        data-computer={words.computer}
        data-loopback={words.loopback}
      >
        <Site name={site} />
        <Outcome />
        <div id="say" aria-live="polite" tabindex={-1}>
          <Said saying={words.states[state]} known={known} level={1} />
        </div>
        <output class="number" id="number" hidden />
        <button id="go" type="button" disabled hidden={claims}>
          {words.go}
        </button>
        <Ask lang={lang} />
        <button id="stop" type="button" class="no" hidden>
          {words.stop}
        </button>
        <button id="again" type="button" hidden>
          {words.again}
        </button>
        <div class="time">
          <div class="bar">
            <i />
          </div>
          {Object.entries(words.left).map(([look, sentence]) => (
            <p class="line" id={`left-${look}`} hidden>
              <Sentence of={sentence} known={known} />
            </p>
          ))}
          <output class="line" id="line" />
        </div>
        <noscript>
          <p class="warn">{words.noscript}</p>
        </noscript>
        <form method="post" action="/account/forget" class="account">
          <Avatar user={user} />
          <span>{fill(words.as, known)}</span>
          <input type="hidden" name="uuid" value={uuid} />
          <button type="submit" class="link">
            {words.other}
          </button>
        </form>
        <Sayings of={words.states} known={known} level={1} />
        <Lines of={words.line} />
      </main>
    </Layout>
  );
}

/** How it ended, at a glance; the words below say the same. */
function Outcome() {
  return (
    <svg class="outcome" viewBox="0 0 48 48" aria-hidden="true">
      <path class="good" d="m14 25 7 7 14-16" />
      <path class="other" d="M24 12v15M24 35v.1" />
    </svg>
  );
}

const facts = ["browser", "place", "network", "age"] as const;

/** The question and its facts. "No" comes first: it is the answer of anybody in doubt. */
function Ask({ lang }: { lang: Lang }) {
  const words = strings[lang].phone;
  return (
    <section id="ask" hidden>
      <dl>
        {facts.map((fact) => (
          <div>
            <dt>{words.facts[fact]}</dt>
            <dd data-f={fact} />
          </div>
        ))}
      </dl>
      <p class="warn">
        <b id="far" hidden>
          <Sentence of={words.far} known={{}} />
        </b>
        <b id="far-away" hidden>
          {words.farAway}
        </b>
        {words.warning}
      </p>
      <div class="answers">
        <button id="no" type="button" class="no">
          {words.no}
        </button>
        <button id="yes" type="button">
          {words.yes}
        </button>
      </div>
    </section>
  );
}
