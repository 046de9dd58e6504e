export type Role = 'submit' | 'operate' | 'admin';

export interface ApiKeyInput {
  name: string;
  role: Role;
  platformIds?: string[];
}

export interface ApiKey extends ApiKeyInput {
  id: string;
  createdAt?: string;
}

/** A new API key. `key` is shown this once. */
export interface CreatedApiKey {
  id: string;
  key: string;
}

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

/** A key of the tool, its public half only. It signs from `signsFrom` on; without it, for platforms that pin it. */
export interface ToolKey {
  kid: string;
  publicJwk: PublicJwk;
  publicPem: string;
  createdAt: string;
  signsFrom?: string;
}

/** A private key to sign with, as JWK or as PKCS#8 PEM. */
export type ToolKeyImport = { jwk: Record<string, unknown> } | { pem: string };
