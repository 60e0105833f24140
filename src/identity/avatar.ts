const ownPath = /^\/(?![/\\])[\w./-]*$/;

/**
 * An avatar comes from outside and ends in `<img src>`: https, or a path on our own origin;
 * anything else is left out rather than refused, as nobody should be kept out by a picture.
 */
export function avatarOrNone(avatar: unknown): { readonly avatar?: string } {
  if (typeof avatar !== "string" || avatar.length > 2048) return {};
  if (ownPath.test(avatar)) return { avatar };
  return URL.parse(avatar)?.protocol === "https:" ? { avatar } : {};
}
