import { Avatar, Layout } from "./layout.tsx";
import type { User } from "../core/user.ts";
import { fill, relativeWords } from "./fill.ts";
import { strings } from "./language.ts";
import type { Lang } from "./language.ts";

export interface HomePageProps {
  readonly lang: Lang;
  readonly site: string;
  readonly user: User;
  /** Seconds since this browser was signed in. */
  readonly sinceS: number;
}

/** The home page of who is signed in: who, since when, and the way out. */
export function HomePage({ lang, site, user, sinceS }: HomePageProps) {
  const words = strings[lang].home;
  const when = sinceS < 10 ? strings[lang].justNow : relativeWords(lang, -sinceS);
  return (
    <Layout lang={lang} title={fill(words.title, { site })}>
      <main class="card narrow centred">
        <Avatar user={user} />
        <h1>{fill(words.hello, { name: user.name })}</h1>
        <p>{fill(words.since, { site, when })}</p>
        <form method="post" action="/logout">
          <button type="submit" class="quiet">
            {words.out}
          </button>
        </form>
      </main>
    </Layout>
  );
}
