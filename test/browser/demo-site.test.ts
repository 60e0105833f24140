/** The demo site of `npm start`: what a newcomer tries first, and site authors copy. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test, vi } from "vitest";
import { strings } from "../../src/pages/language.ts";
import { button, readCode, says, untilAttached } from "../support/people.ts";
import { useStage } from "../support/stage.ts";
import { watchFor } from "../support/watch.ts";

const { en } = strings;
const stage = useStage();

/** As `npm start` prints it. */
function address(): Promise<string> {
  return vi.waitFor(
    () => {
      const [, url] = /Demo site\s+(http:\S+)/.exec(stage.server.output) ?? [];
      if (url === undefined) throw new Error("not printed yet");
      return url;
    },
    { timeout: 20_000 },
  );
}

/** From the site's link to the code on the login page. @returns what a camera reads */
async function askToSignIn(desktop: Page, link = "Sign in by scan"): Promise<string> {
  await Promise.all([untilAttached(desktop), desktop.getByRole("link", { name: link }).click()]);
  expect(new URL(desktop.url()).origin).toBe(stage.origin);
  return readCode(desktop);
}

test("signs its user in by scan, shows who came, and signs out", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  const complaints = watchFor(phone);
  const site = await address();
  await desktop.goto(site);
  await desktop.getByText("Nobody is signed in.").waitFor();

  await phone.goto(await askToSignIn(desktop));
  await desktop.getByText("to continue to Demo site").waitFor();
  await button(phone, en.phone.yes).tap();

  await desktop.getByText("Hello, Ada Lovelace").waitFor();
  expect(new URL(desktop.url()).origin).toBe(site);
  const facts = await desktop.locator("dl").innerText();
  for (const fact of ["demo-ada", "ada@example.com", `${stage.origin}/avatars/ada.svg`]) {
    expect(facts).toContain(fact);
  }
  const picture = desktop.locator("img");
  await expect
    .poll(() => picture.evaluate((it: { naturalWidth: number }) => it.naturalWidth))
    .not.toBe(0);
  await says(phone, ["You are signed in on Chrome, macOS", en.phone.states.redeemed[1]]);

  await button(desktop, "Sign out").click();
  await desktop.getByText("Nobody is signed in.").waitFor();
  expect(desktop.url()).toBe(`${site}/`);
  await desktop.reload();
  await desktop.getByText("Nobody is signed in.").waitFor();
  expect(complaints()).toEqual([]);
});

test("is told of a no on the phone, and says so in the browser's language", async () => {
  const [desktop, phone] = await Promise.all([
    stage.desktop({ locale: "zh-CN" }),
    stage.phone("ada"),
  ]);
  await desktop.goto(await address());
  await desktop.getByText("尚未登录。").waitFor();
  await phone.goto(await askToSignIn(desktop, "扫码登录"));
  await button(phone, en.phone.no).tap();
  await desktop.getByText("您已在手机上拒绝登录。").waitFor();
});

/** A site that wants its answers by POST, and shows how many it got. */
async function postedTo(): Promise<{ readonly url: string; readonly posts: URLSearchParams[] }> {
  const posts: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      if (request.method === "POST") posts.push(new URLSearchParams(body));
      response.end(`${request.method} ${posts.length}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/callback`, posts };
}

test("form_post: code and fault come to the site as a form, past the pages' own policy", async () => {
  const [desktop, phone] = await Promise.all([stage.desktop(), stage.phone("ada")]);
  const { url: redirect_uri, posts } = await postedTo();
  const request = new URLSearchParams({
    client_id: "demo",
    redirect_uri,
    response_type: "code",
    response_mode: "form_post",
    scope: "openid",
    state: "s",
  });
  const asking = `${stage.origin}/oauth/authorize?${request.toString()}`;
  await Promise.all([untilAttached(desktop), desktop.goto(asking)]);
  await phone.goto(await readCode(desktop));
  await phone.getByText("Sign in to Demo site (an app on that computer)?").waitFor();
  await button(phone, en.phone.yes).tap();
  await desktop.getByText("POST 1").waitFor();
  await desktop.goto(`${asking}&prompt=none`);
  await desktop.getByText("POST 2").waitFor();
  const [code, fault] = posts;
  expect([...(code?.keys() ?? [])]).toEqual(["code", "state", "iss"]);
  expect(fault?.get("error")).toBe("login_required");
  expect([code, fault].map((it) => it?.get("iss"))).toEqual([stage.origin, stage.origin]);
});

test("lets nobody in by an answer that this browser has not asked for", async () => {
  const desktop = await stage.desktop();
  const site = await address();
  for (const path of ["/callback?code=x&state=y", "/callback"]) {
    await desktop.goto(site + path);
    await desktop.getByText("Sign-in did not work. Please try again.").waitFor();
  }
});
