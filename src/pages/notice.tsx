import { fill } from "./fill.ts";
import { Layout, Said, Sentence, Site, type Shown } from "./layout.tsx";
import { strings, type Lang } from "./language.ts";

/** Where the way ends; `use_app` and `open_app`: only the site's own app knows who is on the phone. */
export type Notice = keyof (typeof strings)[Lang]["notice"];

/** What the one button does: loads the page anew, goes to the front door, or opens the app. */
type Next = "again" | "home" | "app";

const nextAfter: Partial<Record<Notice, Next>> = {
  rate_limited: "again",
  unavailable: "again",
  failed: "again",
  not_found: "home",
};

export interface NoticePageProps extends Shown {
  readonly kind: Notice;
  /** The site's own app, for `use_app` and `open_app`; its address, where there is one. */
  readonly app?: { readonly name: string; readonly url?: string | undefined };
}

/** A page that ends the way here, and says what to do next. */
export function NoticePage(props: NoticePageProps) {
  const { lang, site, kind, app } = props;
  const known = { site, app: app?.name ?? site };
  const saying = strings[lang].notice[kind];
  const next = nextAfter[kind] ?? (app?.url === undefined ? undefined : "app");
  const address = { again: "", home: "/", app: app?.url };
  return (
    <Layout shown={props} title={`${fill(saying[0], known)} · ${site}`} style="narrow">
      <main class="card narrow">
        <Site name={site} />
        <div id="say">
          <Said saying={saying} known={known} level={1} />
        </div>
        {next && (
          <a class="button" href={address[next]}>
            <span>
              <Sentence of={strings[lang].next[next]} known={known} />
            </span>
          </a>
        )}
      </main>
    </Layout>
  );
}
