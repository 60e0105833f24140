/** What a JWT says of itself, before anything of it is believed: to find whom to ask about it. */
export function textIn(jwt: string, claim: "sub" | "client_id"): string | undefined {
  try {
    const [, payload = ""] = jwt.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as unknown;
    const value = (claims as Partial<Record<string, unknown>> | null)?.[claim];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
