import type { PropsWithChildren } from "hono/jsx";
import { raw } from "hono/html";
import type { User } from "../core/user.ts";
import { strings, type Lang } from "./language.ts";
import type { Saying } from "./words/en.ts";

/** What every page is told. */
export interface Shown {
  readonly lang: Lang;
  /** The site's name, as its users know it, or its host. */
  readonly site: string;
  /** This page in each language, this one's too. */
  readonly others: readonly { readonly lang: Lang; readonly href: string }[];
}

type LayoutProps = PropsWithChildren<{
  shown: Shown;
  title: string;
  /** The page's own module in `public/`, without `.js`. */
  script?: keyof typeof scripts;
  /** One more style sheet in `public/`, without `.css`. */
  style?: "narrow";
}>;

/** Each with what it imports, so that all of it is on its way at once. */
const scripts = {
  login: ["client/call", "client/watch", "screen"],
  phone: ["client/call", "client/watch", "screen"],
  "sign-in": [],
  "post-back": [],
} as const;

/** The whole document. Nothing is inline, so that the content security policy can forbid it. */
export function Layout({ shown, title, script, style, children }: LayoutProps) {
  const { lang } = shown;
  return (
    <>
      {raw("<!doctype html>")}
      <html lang={lang}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <meta name="color-scheme" content="light dark" />
          <title>{title}</title>
          <link rel="icon" href="/favicon.svg" />
          <link rel="stylesheet" href="/style.css" />
          {style && <link rel="stylesheet" href={`/${style}.css`} />}
          {script && (
            <>
              <script type="module" src={`/${script}.js`} />
              {scripts[script].map((name) => (
                <link rel="modulepreload" href={`/${name}.js`} />
              ))}
            </>
          )}
        </head>
        <body>
          {children}
          <Languages {...shown} />
        </body>
      </html>
    </>
  );
}

/** Plain links: they work without script, and the page comes back in the other language. */
function Languages({ lang, others }: Shown) {
  return (
    <nav aria-label={strings[lang].languages}>
      {others
        .filter((other) => other.lang !== lang)
        .map((other) => (
          <a href={other.href} lang={other.lang}>
            {strings[other.lang].name}
          </a>
        ))}
    </nav>
  );
}

/** The site's logo: replace `public/favicon.svg`, and every page has it. */
export function Mark() {
  return <img class="mark" src="/favicon.svg" alt="" />;
}

/** Whose page this is, above its heading. */
export function Site({ name }: { name: string }) {
  return (
    <p class="site">
      <Mark />
      <Name name={name} />
    </p>
  );
}

/** A picture, or the initial of the name. Hidden from screen readers, as the name is beside it. */
export function Avatar({ user }: { user: User }) {
  return (
    <span class="avatar" aria-hidden="true">
      {user.avatar ? <img src={user.avatar} alt="" /> : initial(user.name)}
    </span>
  );
}

/** The first code point, not UTF-16 unit: half an emoji would be drawn as a box. */
function initial(name: string): string {
  const [first = "?"] = name.trim();
  return first.toUpperCase();
}

type Known = Record<string, string>;

/**
 * The sayings a script may pick from, one `<template>` each, found by its id `say-<key>`.
 * What is `known` is filled in now; any other place becomes an element that the script fills in.
 */
export function Sayings(props: { of: Record<string, Saying>; known: Known; level: 1 | 2 }) {
  return (
    <>
      {Object.entries(props.of).map(([key, saying]) => (
        <template id={`say-${key}`}>
          <Said saying={saying} known={props.known} level={props.level} />
        </template>
      ))}
    </>
  );
}

/** One saying as it stands in the page: a heading of the given level, and its sentence. */
export function Said({ saying, known, level }: { saying: Saying; known: Known; level: 1 | 2 }) {
  const [title, text] = saying;
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <>
      <Heading>
        <Sentence of={title} known={known} />
      </Heading>
      <p>
        <Sentence of={text} known={known} />
      </p>
    </>
  );
}

/** A sentence with its places filled; one not known yet, `{s}`, becomes `<span data-f="s">`. */
export function Sentence({ of, known }: { of: string; known: Known }) {
  const pieces = of.split(/\{(\w+)\}/);
  return (
    <>
      {pieces.map((piece, i) => {
        if (i % 2 === 0) return piece;
        const value = known[piece];
        return value === undefined ? <span data-f={piece} /> : <Name name={value} />;
      })}
    </>
  );
}

/** Shorter names fit a line of the smallest phone, even of a heading. */
const ONE_LINE_CHARS = 20;

/** A name from elsewhere: apart from the words around it; a long host is broken between its labels. */
function Name({ name }: { name: string }) {
  const labels = name.length > ONE_LINE_CHARS ? name.split(/(?=\.)/) : [name];
  return (
    <bdi>
      {labels.map((label, i) => (
        <>
          {i > 0 && <wbr />}
          {label}
        </>
      ))}
    </bdi>
  );
}
