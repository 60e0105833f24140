import { Layout, type Shown } from "./layout.tsx";
import { strings } from "./language.ts";

export interface PostBackPageProps extends Shown {
  /** The site's registered address. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Takes an answer to a site by POST (OAuth 2.0 Form Post Response Mode): by itself, or by a click. */
export function PostBackPage(props: PostBackPageProps) {
  const { lang, site, action, fields } = props;
  const words = strings[lang].site;
  return (
    <Layout
      shown={props}
      title={`${words.onwardTitle} · ${site}`}
      script="post-back"
      style="narrow"
    >
      <main class="card narrow centred">
        <h1>{words.onwardTitle}</h1>
        <form method="post" action={action}>
          {Object.entries(fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit">{words.onward}</button>
        </form>
      </main>
    </Layout>
  );
}
