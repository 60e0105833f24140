import { Layout, Said, Site, type Shown } from "./layout.tsx";
import { strings } from "./language.ts";

/** `use_app`: who is on the phone is known to the site's own app alone. */
export type PhoneNotice = "use_app" | "unknown_uuid" | "expired" | "rate_limited" | "unavailable";

export interface PhoneNoticePageProps extends Shown {
  readonly kind: PhoneNotice;
}

/** A page that ends the way here, and says what to do next. */
export function PhoneNoticePage(props: PhoneNoticePageProps) {
  const { lang, site, kind } = props;
  const saying = strings[lang].notice[kind];
  return (
    <Layout shown={props} title={`${saying[0]} · ${site}`} style="narrow">
      <main class="card narrow">
        <Site name={site} />
        <Said saying={saying} known={{ site }} level={1} />
      </main>
    </Layout>
  );
}
