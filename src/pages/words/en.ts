/** What a page says in one state: a heading, and one sentence or two below it. */
export type Saying = [title: string, text: string];

/** A missing translation does not compile. */
export type Strings = typeof en;

/**
 * Every sentence of the pages, in English. `{name}` stands for what the server knows, or what the
 * page's script fills in. The type of this object is the shape of every other language.
 */
export const en = {
  justNow: "just now",
  login: {
    title: "Sign in to {site}",
    steps: [
      "Open the camera or our app on your phone",
      "Point it at the code",
      "Check what your phone shows, and confirm",
    ],
    safety:
      "Scan only if you opened this page yourself. Nobody who means well will send you a code to scan.",
    qr: "QR code for signing in with your phone",
    elsewhere: "No phone at hand? Open the code in another window",
    noscript:
      "JavaScript is turned off in this browser. Signing in needs it: turn it on, then reload this page.",
    again: "Show a new code",
    number: "Number on your phone",
    enter: "Continue",
    left: "{s} s left",
    line: {
      offline: "Connection lost. Trying again…",
      busy: "Very busy. Trying again in {s} s…",
    },
    /** What the page says in each state, after each end and each refusal; the script picks by key. */
    states: {
      waiting: ["Waiting for your phone", "Scan the code to sign in here."],
      scanned: ["Confirm on your phone", "{name} has scanned the code."],
      verifying: ["Enter the number", "Your phone shows three digits. You have one try."],
      confirmed: ["Signing you in…", "{name} has confirmed."],
      redeemed: ["You are signed in", "One moment, you are being taken on."],
      fresh: ["Fetching a new code…", "One moment."],
      denied: ["You said no on your phone", "Nobody was signed in. A new code is on its way."],
      wrong_code: ["That was not the number", "Nobody was signed in. A new code is on its way."],
      too_many_attempts: [
        "Too many wrong passwords",
        "This code no longer works. A new one is on its way.",
      ],
      expired: ["This code is too old", "A new one is on its way."],
      idle: ["Still there?", "The code was put away. Show a new one when you are ready."],
      unfinished: ["That took too long", "Nobody was signed in. Please try a new code."],
      already_used: ["This code was used already", "Please sign in with a new one."],
      not_your_browser: [
        "Not this browser’s code",
        "Cookies are blocked or were cleared, or too many tabs are open. Show a new code to go on.",
      ],
      rate_limited: ["Too many attempts", "Nothing to do: a new try follows by itself in {s} s."],
      unavailable: [
        "Not available right now",
        "Nothing to do: a new try follows by itself in {s} s.",
      ],
      offline: ["No connection", "Check your network, then show a new code."],
      failed: ["Something went wrong", "Nobody was signed in. Please try a new code."],
    } satisfies Record<string, Saying>,
  },
  home: {
    title: "Signed in to {site}",
    hello: "Hello, {name}",
    since: "Signed in to {site} {when}.",
    out: "Sign out",
  },
  signIn: {
    title: "Sign in on your phone",
    why: "You scanned a code of {site}. First tell us who you are; this phone will remember.",
    username: "Username",
    password: "Password",
    go: "Continue",
    error: "Error",
    failure: {
      bad_credentials: "Wrong username or password.",
      account_disabled: "This account is disabled. Ask whoever runs {site}.",
      account_deleted: "This account no longer exists.",
      rate_limited: "Too many attempts. Please try again {when}.",
      rate_limited_open: "Too many attempts. Please try again a little later.",
      missing_field: "Enter your username and your password.",
      bad_request: "That could not be read. Please enter it again.",
      unavailable: "Signing in is not possible right now. Please try again shortly.",
    },
  },
  phone: {
    title: "Sign in to {site}",
    as: "Signed in as {name}",
    other: "Not {name}? Use another account",
    noscript: "JavaScript is turned off in this browser. Turn it on, then reload this page.",
    again: "Try again",
    no: "No, that is not me",
    yes: "Yes, sign me in",
    stop: "No, stop this sign-in",
    facts: {
      site: "Website",
      browser: "Browser",
      place: "Place",
      ip: "Address",
      age: "Requested",
    },
    unknown: "unknown",
    farAway: "This request comes from far away from you.",
    far: "This request comes from about {km} km away from you.",
    warning:
      "Did this code reach you by message, mail or phone call? Then say no: somebody is trying to sign in as you.",
    line: {
      offline: "Connection lost. Sending again…",
      busy: "Very busy. Sending again in {s} s…",
    },
    states: {
      working: ["One moment…", "Looking at the code."],
      ask: ["Is this you?", "A computer asks to be signed in to {site} as {name}."],
      sending: ["One moment…", "Sending your answer."],
      verifying: [
        "Enter this number on the computer",
        "Only on the computer in front of you. Never tell it to anybody.",
      ],
      confirmed: ["You said yes", "Waiting for the computer to finish…"],
      nudge: ["You said yes", "Nothing there yet? Move the mouse on that page, or tap it."],
      redeemed: ["You are signed in on {browser}", "You can put your phone away."],
      unfinished: [
        "The browser did not finish in time",
        "Nobody was signed in. Scan the new code there.",
      ],
      denied: [
        "Nobody was signed in",
        "You said no. If you did not start this, somebody may have tried to sign in as you.",
      ],
      wrong_code: [
        "A wrong number was entered",
        "Nobody was signed in. If you did not enter it, somebody tried to sign in as you.",
      ],
      too_many_attempts: ["Too many wrong passwords", "Nobody was signed in. Scan a new code."],
      claimed_by_other: [
        "Somebody else scanned this code",
        "Show a new code on your computer, and scan that.",
      ],
      already_used: [
        "This code was used already",
        "Show a new code on your computer, and scan that.",
      ],
      expired: ["This code is too old", "Scan the new one on your computer."],
      cancelled: ["This sign-in was stopped", "Scan the new code on your computer."],
      not_watched: [
        "Your computer is not connected",
        "Reload the page there, then scan its new code.",
      ],
      unknown_uuid: ["This code is not ours", "Scan the code on the page you want to sign in to."],
      too_far: [
        "Your phone is too far from that computer",
        "Nobody was signed in. Both must be in the same region.",
      ],
      rate_limited: ["Too many attempts", "Please wait a minute, then try again."],
      unavailable: ["Not available right now", "Please try again in a moment."],
      unauthenticated: [
        "Please sign in again",
        "This phone is no longer signed in. Scan the code again.",
      ],
      offline: ["No connection", "Check your network, then try again."],
      failed: ["Something went wrong", "Nobody was signed in. Scan a new code."],
    } satisfies Record<string, Saying>,
  },
  notice: {
    use_app: [
      "Open this code with the app",
      "Scan it again with the {site} app on your phone: there you are signed in already.",
    ],
    unknown_uuid: [
      "This code is not ours",
      "Go to the page you want to sign in to, and scan the code it shows now.",
    ],
    expired: ["This code is too old", "Your computer shows a new one by now. Scan that."],
    rate_limited: ["Too many attempts from here", "Wait a minute, then try again."],
    unavailable: ["Not available right now", "Please try again in a moment."],
  } satisfies Record<string, Saying>,
};
