/**
 * What people call the browser and the system that a user agent speaks of. A user decides by this
 * text, so it is a word from the tables below or empty, never a word of the sender's.
 */
import { USER_AGENT_MAX_CHARS } from "../core/limits.ts";
import type { Browser } from "../login/machine.ts";

/** A name, and signs in small letters of which any one will do. The first row that fits counts. */
type Row = readonly [name: string, ...signs: string[]];

/** Where nothing is known both are `""`, and the pages have words for that. */
export function nameOf(userAgent: string): Pick<Browser, "name" | "os"> {
  const agent = userAgent.slice(0, USER_AGENT_MAX_CHARS).toLowerCase();
  return { name: firstOf(names, agent), os: firstOf(systems, agent) };
}

function firstOf(rows: readonly Row[], agent: string): string {
  // Substrings and no expressions: there is nothing for a hostile header to keep busy.
  const row = rows.find(([, ...signs]) => signs.some((sign) => agent.includes(sign)));
  return row?.[0] ?? "";
}

const names: readonly Row[] = [
  // A television or a console is known as what it is, whichever browser it has.
  ["Samsung TV", "smart-tv; linux; tizen", "smarthub"],
  ["LG TV", "web0s", "webos.tv", "netcast"],
  ["Fire TV", "; aft"],
  ["Sony TV", "bravia"],
  ["Google TV", "google tv", "googletv", "; chromecast"],
  ["Android TV", "android tv", "androidtv", " tv build", " tv)", " tv box", "tvbox", "mitv-"],
  ["Chromecast", "crkey"],
  ["Smart TV", "smart-tv", "smarttv", "smart tv", "smart_tv", " tv safari", "hbbtv", " omi/"],
  ["PlayStation", "playstation"],
  ["Xbox", "xbox"],
  ["Nintendo Switch", "nintendo switch"],

  // An app's own browser is known as the app. It names its engine too, and some name another app.
  ["WeCom", "wxwork/"],
  ["WeChat", "micromessenger/"],
  ["Alipay", "alipayclient/"],
  ["DingTalk", "dingtalk/"],
  ["Taobao", "aliapp(tb/"],
  ["Lark", " lark/"],
  ["QQ", " qq/"],
  ["Weibo", "__weibo__"],
  ["Douyin", " aweme"],
  ["TikTok", "musical_ly", " trill_"],
  ["Baidu", "baiduboxapp/"],
  ["LINE", " line/"],
  ["KakaoTalk", "kakaotalk"],
  ["Naver", "naver("],
  ["Zalo", " zalo "],
  ["Telegram", "telegram-android/"],
  ["Instagram", " instagram "],
  ["Threads", " barcelona "],
  ["Messenger", "fb_iab/orca", "fb_iab/messenger", "fban/messenger", "fban/orca"],
  ["Facebook", "fban/", "fbav/", "fb_iab/"],
  ["Snapchat", "snapchat/"],
  ["X", "twitter for ip", "twitterandroid"],
  ["LinkedIn", "[linkedinapp]", "linkedinapp/"],
  ["Pinterest", "[pinterest/"],
  ["Google", " gsa/"],

  // Nearly all of these say Chrome or Safari as well, so those two come last.
  ["Edge", " edg/", " edga/", " edgios/", " edge/"],
  ["Opera", " opr/", " opt/", " opx/", " opios/", "opera/"],
  ["Meta Quest Browser", "oculusbrowser/"],
  ["Samsung Internet", "samsungbrowser/"],
  ["Mi Browser", "miuibrowser/"],
  ["Huawei Browser", "huaweibrowser/"],
  ["vivo Browser", "vivobrowser/"],
  ["OPPO Browser", "heytapbrowser/", "oppobrowser/"],
  ["QQ Browser", "qqbrowser/"],
  ["UC Browser", "ucbrowser/"],
  ["Quark", " quark/"],
  ["360 Browser", " 360se", " 360ee"],
  ["Yandex Browser", "yabrowser/", "yasearchbrowser/", " yaapp_", "yandexsearch/"],
  ["DuckDuckGo", "duckduckgo/", " ddg/"],
  ["Vivaldi", " vivaldi/"],
  ["Whale", " whale/"],
  ["Cốc Cốc", "coc_coc_browser/"],
  ["Silk", " silk/"],
  ["Firefox", " firefox/", " fxios/"],
  // Some app's own browser, which does not say whose. To call it Chrome would be wrong.
  ["", "; wv)", " version/4.0 ", " arkweb/"],
  ["Chrome", " chrome/", " crios/", " chromium/"],
  ["", "android", "linux"],
  ["Safari", " safari/"],
];

// Without versions, as browsers froze those they tell: "Windows NT 10.0" may well be Windows 11.
const systems: readonly Row[] = [
  ["", "xbox"],
  ["Windows", "windows"],
  ["iPadOS", "(ipad;"],
  ["iOS", "(iphone;", "(ipod"],
  ["HarmonyOS", "harmonyos", "openharmony"],
  ["Fire OS", "; aft", "; kf"],
  ["Android", "android"],
  ["ChromeOS", " cros "],
  ["macOS", "(macintosh;"],
  ["Tizen", "tizen"],
  ["webOS", "web0s", "webos.tv"],
  ["VIDAA", "vidaa"],
  ["Linux", "linux"],
];
