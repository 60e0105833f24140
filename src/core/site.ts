/**
 * Who asks for a login, where that is not this deployment itself. Always from the table of clients,
 * never from a request.
 */
export interface Site {
  /** Of its client. */
  readonly id: string;
  readonly name: string;
  /** Empty for a loopback client: an app on the user's own computer. */
  readonly host: string;
}
