import { Layout, Mark, type Shown } from "./layout.tsx";
import { fill } from "./fill.ts";
import { strings } from "./language.ts";

interface LogoutPageProps extends Shown {
  /** What comes back with the answer. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Asks before a session here is ended: the site that sent its user may have made it up. */
export function LogoutPage(props: LogoutPageProps) {
  const { lang, site, fields } = props;
  const words = strings[lang].site;
  const title = fill(words.logout, { site });
  return (
    <Layout shown={props} title={title} style="narrow">
      <main class="card narrow centred">
        <Mark />
        <h1>{title}</h1>
        <p>{words.logoutWhy}</p>
        <form method="post" action="/oauth/logout/confirm">
          {Object.entries(fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit">{words.out}</button>
        </form>
      </main>
    </Layout>
  );
}

export function LoggedOutPage(props: Shown) {
  const { lang, site } = props;
  const words = strings[lang].site;
  return (
    <Layout shown={props} title={`${words.loggedOut} · ${site}`} style="narrow">
      <main class="card narrow centred">
        <Mark />
        <h1>{words.loggedOut}</h1>
        <p>{words.loggedOutWhy}</p>
      </main>
    </Layout>
  );
}
