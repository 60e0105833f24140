import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { claimsByItself, type Arrival } from "../../../../src/faces/qrcode/claims-by-itself.ts";

const agents = {
  chrome:
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
  wechatOnAndroid:
    "Mozilla/5.0 (Linux; Android 14; 2201123C Build/UKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 XWEB/1300 MicroMessenger/8.0.56",
  firefox: "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
  safari18:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  safari26:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  ipad18:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
  wechatOnIos18:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54",
};
/** Before 18, WebKit said `none` of any visit without a Referer, another site's too. */
const oldWebKit = {
  safari17:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  chromeOnIos17:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.101 Mobile/15E148 Safari/604.1",
  wechatOnIos16:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.40",
  ipad16:
    "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
  macWebView:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
};

const scanned: Arrival = {
  site: "none",
  mode: "navigate",
  dest: "document",
  userAgent: agents.chrome,
};

describe("claimsByItself", () => {
  test.each(Object.entries(agents))("a camera's scan, in %s: yes", (_, userAgent) => {
    expect(claimsByItself({ ...scanned, userAgent })).toBe(true);
  });

  test.each(Object.entries(oldWebKit))("%s, whose `none` proves nothing: no", (_, userAgent) => {
    expect(claimsByItself({ ...scanned, userAgent })).toBe(false);
  });

  test.each(["cross-site", "same-site", "same-origin", "", "None", "none, none", "x", undefined])(
    "led here, Sec-Fetch-Site %j: no",
    (site) => {
      for (const userAgent of Object.values({ ...agents, ...oldWebKit })) {
        expect(claimsByItself({ ...scanned, site, userAgent })).toBe(false);
      }
    },
  );

  test.each<Partial<Arrival>>([
    { dest: "iframe" },
    { dest: "empty" },
    { dest: undefined },
    { mode: "cors" },
    { mode: "nested-navigate" },
    { mode: undefined },
  ])("no page of its own, %j: no", (part) => {
    expect(claimsByItself({ ...scanned, ...part })).toBe(false);
  });

  test("whatever a browser calls itself, only `none` can claim", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (site, userAgent) => {
        fc.pre(site !== "none");
        expect(claimsByItself({ ...scanned, site, userAgent })).toBe(false);
      }),
    );
  });
});
