/** A public key of the tool as JSON Web Key (RFC 7517). */
export interface PublicJwk {
  kty: string;
  kid: string;
  alg?: string;
  use?: string;
  n?: string;
  e?: string;
  [member: string]: unknown;
}

export interface Jwks {
  keys: PublicJwk[];
}

/**
 * A key of the tool, its public half only. `published`: in the key set, and signs nothing yet. `retired`: still in the key
 * set, and signs nothing any more.
 */
export interface ToolKey {
  kid: string;
  state: 'published' | 'signing' | 'retired';
  /** The only platform it signs for; absent: all. */
  platformId?: string;
  /** The platforms that name it in their `toolKeyId`. */
  pinnedBy: string[];
  createdAt: string;
  /** Absent: it signs only for platforms that pin it. */
  signsFrom?: string;
  /** From when on it is removed; absent while nothing is to take its place. */
  servedUntil?: string;
  publicJwk: PublicJwk;
  publicPem: string;
}

/** What the next key is for, and from when on (RFC 3339); by default for all, and once every platform can know it. */
export interface ToolKeyRotation {
  platformId?: string;
  signsFrom?: string;
}

/** A private key to sign with, as JWK or as PEM (PKCS#8 or PKCS#1). */
export type ToolKeyImport = { jwk: Record<string, unknown> } | { pem: string };
