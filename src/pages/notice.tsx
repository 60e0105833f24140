import { Layout, Mark, Said } from "./layout.tsx";
import { strings } from "./language.ts";
import type { Lang } from "./language.ts";

/** `use_app`: who is on the phone is known to the site's own app alone. */
export type PhoneNotice = "use_app" | "unknown_uuid" | "expired" | "rate_limited" | "unavailable";

export interface PhoneNoticePageProps {
  readonly lang: Lang;
  readonly site: string;
  readonly kind: PhoneNotice;
}

/** A page that ends the way here, and says what to do next. */
export function PhoneNoticePage({ lang, site, kind }: PhoneNoticePageProps) {
  const saying = strings[lang].notice[kind];
  return (
    <Layout lang={lang} title={`${saying[0]} · ${site}`} style="phone">
      <main class="card narrow">
        <p class="site">
          <Mark />
          {site}
        </p>
        <Said saying={saying} known={{ site }} level={1} />
      </main>
    </Layout>
  );
}
