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
