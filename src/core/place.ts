/** Where a device is, as the edge saw its connection. Anything may be unknown. */
export interface Place {
  readonly ip?: string;
  readonly city?: string;
  readonly region?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** Degrees. */
  readonly latitude?: number;
  readonly longitude?: number;
  readonly asn?: number;
}
