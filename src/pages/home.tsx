import { Avatar, Layout, Sentence, type Shown } from "./layout.tsx";
import type { User } from "../core/user.ts";
import { fill, relativeWords } from "./fill.ts";
import { strings } from "./language.ts";

export interface HomePageProps extends Shown {
  readonly user: User;
  /** Seconds since this browser was signed in. */
  readonly sinceS: number;
}

/** The home page of a signed-in user: who that is, since when, and the way out. */
export function HomePage(props: HomePageProps) {
  const { lang, site, user, sinceS } = props;
  const words = strings[lang].home;
  const when = sinceS < 10 ? strings[lang].justNow : relativeWords(lang, -sinceS);
  return (
    <Layout shown={props} title={fill(words.title, { site })} style="narrow">
      <main class="card narrow centred">
        <Avatar user={user} />
        <h1>{fill(words.hello, { name: user.name })}</h1>
        <p>
          <Sentence of={words.since} known={{ site, when }} />
        </p>
        <form method="post" action="/logout">
          <button type="submit" class="no">
            {words.out}
          </button>
        </form>
      </main>
    </Layout>
  );
}
