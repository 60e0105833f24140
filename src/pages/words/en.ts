/** What a page says in one state: a heading, and one sentence or two below it. */
export type Saying = [title: string, text: string];

/** A missing translation does not compile. */
export type Strings = typeof en;

/**
 * Every sentence of the pages, in English. `{name}` stands for what the server knows, or what the
 * page's script fills in. The type of this object is the shape of every other language.
 */
export const en = {
  /** What its speakers call this language. */
  name: "English",
  languages: "Language",
  justNow: "just now",
  login: {
    title: "Sign in to {site}",
    goOn: "to continue to {client}",
    scan: "Scan the code with your phone’s camera.",
    /** Where only the site's own app knows who is on the phone. */
    scanWithApp: "Scan the code with the {app} app on your phone.",
    check: "Check what it shows, and say yes.",
    done: "You are signed in here.",
    safety: "Never scan a code that someone sent you.",
    qr: "QR code: scan it with your phone to sign in",
    elsewhere: "No phone at hand? Open the code in a new window",
    noscript: "Signing in needs JavaScript. Turn it on in this browser, then reload the page.",
    notYou: "Not you?",
    again: "Get a new code",
    number: "Number on your phone",
    enter: "Sign in",
    left: "{s} s left",
    line: {
      offline: "Connection lost. Trying again…",
      busy: "Busy right now. Trying again in {s} s…",
    },
    /** What the page says in each state, after each end and each refusal; the script picks by key. */
    states: {
      waiting: ["Waiting for your phone", "Scan the code to sign in."],
      scanned: ["Confirm on your phone", "{name} scanned the code."],
      verifying: ["Enter the number", "Your phone shows three digits. You have one try."],
      confirmed: ["Signing you in…", "{name} said yes."],
      redeemed: ["You are signed in", "One moment."],
      fresh: ["Getting a new code…", "One moment."],
      expired: ["This code has expired", "Getting a new one…"],
      denied: ["You said no", "Nobody was signed in. A new code is on its way."],
      wrong_code: ["That was the wrong number", "Nobody was signed in. A new code is on its way."],
      too_many_attempts: ["Too many wrong passwords", "A new code is on its way."],
      idle: ["Still there?", "Get a new code when you are ready."],
      unfinished: ["That took too long", "Nobody was signed in. Get a new code to try again."],
      already_used: ["This code was already used", "Get a new code to sign in."],
      not_your_browser: [
        "This browser has lost its code",
        "Are cookies blocked, or too many tabs open? Get a new code to try again.",
      ],
      rate_limited: ["Too many tries", "Please wait: we try again in {s} s."],
      unavailable: ["Not working right now", "Please wait: we try again in {s} s."],
      offline: ["No connection", "Check your network, then get a new code."],
      failed: ["Something went wrong", "Nobody was signed in. Get a new code to try again."],
    } satisfies Record<string, Saying>,
  },
  home: {
    title: "Signed in to {site}",
    hello: "Hello, {name}",
    since: "You signed in to {site} {when}.",
    out: "Sign out",
  },
  signIn: {
    title: "Sign in on this phone",
    why: "You scanned a code from {site}. Sign in once, and this phone remembers you.",
    username: "Username",
    password: "Password",
    show: "Show password",
    go: "Continue",
    error: "Error",
    failure: {
      bad_credentials: "Wrong username or password.",
      account_disabled: "This account is disabled. Please ask {site}.",
      account_deleted: "This account no longer exists.",
      rate_limited: "Too many tries. Please try again {when}.",
      rate_limited_open: "Too many tries. Please try again a little later.",
      missing_field: "Enter your username and your password.",
      bad_request: "We could not read that. Please enter it again.",
      unavailable: "Signing in is not working right now. Please try again in a moment.",
    },
  },
  phone: {
    as: "You are {name}",
    other: "Not you? Use another account",
    noscript: "This page needs JavaScript. Turn it on in this browser, then reload the page.",
    go: "Continue",
    again: "Try again",
    no: "No",
    yes: "Yes, sign in",
    stop: "No, stop",
    facts: {
      browser: "Browser",
      place: "Place",
      network: "Network",
      age: "Asked",
    },
    sameNetwork: "Same as your phone",
    otherNetwork: "Not your phone’s",
    computer: "your computer",
    loopback: "an app on that computer",
    farAway: "This request comes from far away.",
    far: "This request comes from about {km} km away.",
    warning: "Never approve a code that someone sent you: it signs them in as you.",
    left: {
      ask: "{s} s left to answer",
      verifying: "{s} s left to enter it",
    },
    line: {
      offline: "Connection lost. Sending again…",
      busy: "Busy right now. Sending again in {s} s…",
    },
    states: {
      /** Something led here that may not have been a camera. */
      hold: [
        "Continue as {name}?",
        "If the code was not on a page that you opened yourself, close this page.",
      ],
      working: ["One moment…", "Checking the code."],
      ask: ["Sign in to {site} on this computer?", "You will be signed in there as {name}."],
      ask_client: ["Sign in to {client}?", "You will be signed in there as {name}."],
      sending: ["One moment…", "Sending your answer."],
      verifying: [
        "Enter this number on the computer",
        "Only on the one in front of you. Never tell it to anyone.",
      ],
      confirmed: ["You said yes", "The computer is signing in…"],
      nudge: ["You said yes", "Nothing there yet? Move the mouse on that page, or tap it."],
      redeemed: ["You are signed in on {browser}", "You can close this page."],
      unfinished: [
        "The computer did not finish in time",
        "Nobody was signed in. Scan the new code there.",
      ],
      denied: ["You said no", "Nobody was signed in. You can close this page."],
      wrong_code: [
        "That was the wrong number",
        "Nobody was signed in. If you did not enter it, someone tried to sign in as you.",
      ],
      too_many_attempts: ["Too many wrong passwords", "Nobody was signed in. Scan a new code."],
      claimed_by_other: [
        "Someone else scanned this code",
        "Get a new code on your computer, and scan that.",
      ],
      already_used: [
        "This code was already used",
        "Get a new code on your computer, and scan that.",
      ],
      expired: ["This code has expired", "Your computer shows a new one. Scan that."],
      cancelled: ["This sign-in was stopped", "Scan the new code on your computer to start again."],
      not_watched: [
        "Your computer is not connected",
        "Reload the page there, then scan its new code.",
      ],
      unknown_uuid: ["This is not our code", "Scan the code on the page you want to sign in to."],
      too_far: [
        "Your phone is too far from that computer",
        "Nobody was signed in. Both must be in the same region.",
      ],
      rate_limited: ["Too many tries", "Please wait a minute, then try again."],
      unavailable: ["Not working right now", "Please try again in a moment."],
      unauthenticated: ["Please sign in again", "This phone was signed out. Scan the code again."],
      offline: ["No connection", "Check your network, then try again."],
      failed: ["Something went wrong", "Nobody was signed in. Scan a new code."],
    } satisfies Record<string, Saying>,
  },
  /** For sites that sign their users in here. */
  site: {
    onward: "Continue",
    onwardTitle: "Back to the website",
    logout: "Sign out of {site}?",
    logoutWhy: "A website asks to sign you out.",
    out: "Sign out",
    loggedOut: "You are signed out",
    loggedOutWhy: "You can close this page.",
  },
  notice: {
    use_app: [
      "Scan this code with the {app} app",
      "You are signed in there already. Open it on this phone, and scan the code again.",
    ],
    open_app: ["Continue in the {app} app", "You are signed in there already."],
    unknown_uuid: [
      "This is not our code",
      "Go to the page you want to sign in to, and scan the code it shows now.",
    ],
    expired: ["This code has expired", "Your computer shows a new one. Scan that."],
    rate_limited: ["Too many tries from here", "Please wait a minute, then try again."],
    unavailable: ["Not working right now", "Please try again in a moment."],
    not_found: ["There is nothing here", "The address may be mistyped, or the page is gone."],
    failed: ["Something went wrong", "It is our fault. Please try again in a moment."],
    bad_request: [
      "That website’s request is not in order",
      "Nobody was signed in. Go back to the website, and try again there.",
    ],
  } satisfies Record<string, Saying>,
  /** The one button of a notice. */
  next: {
    app: "Open the {app} app",
    again: "Try again",
    home: "Go to {site}",
  },
};
