/** Somebody who is signed in, as the identity adapter said. */
export interface User {
  readonly sub: string;
  readonly name: string;
  /** An https URL, or a path on our own origin. */
  readonly avatar?: string;
  readonly email?: string;
  /** Whether its source has seen that it is theirs. */
  readonly emailVerified?: boolean;
  readonly preferredUsername?: string;
  /** BCP 47. */
  readonly locale?: string;
}
