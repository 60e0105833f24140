import type { Refusal } from "../../../core/refusal.ts";
import type { SigningKeys } from "../../../core/signing-keys.ts";
import type { Ctx } from "../../../http/context.ts";
import type { Client, GrantType } from "../../../sites/client.ts";
import type { Fields } from "../fields.ts";
import type { TokenAnswer } from "../tokens.ts";

/** One way to tokens. Its client has proved itself, and may use it. */
export interface GrantHandler {
  readonly grantType: GrantType;
  exchange(
    c: Ctx,
    call: { readonly client: Client; readonly fields: Fields; readonly signing: SigningKeys },
  ): Promise<TokenAnswer | Refusal>;
}
