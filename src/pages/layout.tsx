import type { PropsWithChildren } from "hono/jsx";
import { raw } from "hono/html";
import type { User } from "../core/user.ts";
import type { Lang } from "./language.ts";
import type { Saying } from "./words/en.ts";

type LayoutProps = PropsWithChildren<{
  lang: Lang;
  title: string;
  /** The page's own module in `public/`, without `.js`. */
  script?: "login" | "phone";
  /** One more style sheet in `public/`, without `.css`. */
  style?: "phone";
}>;

/** The whole document. Nothing is inline, so that the content security policy can forbid it. */
export function Layout({ lang, title, script, style, children }: LayoutProps) {
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
              <link rel="modulepreload" href="/client/call.js" />
              <link rel="modulepreload" href="/client/watch.js" />
              <link rel="modulepreload" href="/screen.js" />
            </>
          )}
        </head>
        <body>{children}</body>
      </html>
    </>
  );
}

/** The site's sign: whoever replaces the icon sees it on every page. */
export function Mark() {
  return <img class="mark" src="/favicon.svg" alt="" />;
}

/** A picture, or the initial of the name. It says nothing that the name beside it does not. */
export function Avatar({ user }: { user: User }) {
  return (
    <span class="avatar" aria-hidden="true">
      {user.avatar ? <img src={user.avatar} alt="" /> : initial(user.name)}
    </span>
  );
}

/** The first letter by code point: half an emoji is no initial. */
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
    <>{pieces.map((piece, i) => (i % 2 ? (known[piece] ?? <span data-f={piece} />) : piece))}</>
  );
}
