import { GradewireError, type IdentitiesStored, type IdentityInput } from '@gradewire/sdk';
import type { IdentityProblem, ImportedIdentity } from './imported-identity.ts';

const CHUNK = 1000;

/** What came of an import. */
export interface IdentityImport {
  stored: number;
  /** Deliveries that are tried again. */
  replayed: number;
  problems: IdentityProblem[];
}

interface Store {
  put: (identities: IdentityInput[]) => Promise<IdentitiesStored>;
  onProgress?: (done: number) => void;
}

/** Stores identities, a thousand at a time. Those that the API names as wrong are problems, and the others are stored. */
export async function storeIdentities(
  identities: readonly ImportedIdentity[],
  { put, onProgress }: Store,
): Promise<IdentityImport> {
  const total: IdentityImport = { stored: 0, replayed: 0, problems: [] };
  for (let at = 0; at < identities.length; at += CHUNK) {
    const part = await storeChunk(identities.slice(at, at + CHUNK), put);
    total.stored += part.stored;
    total.replayed += part.replayed;
    total.problems.push(...part.problems);
    onProgress?.(Math.min(at + CHUNK, identities.length));
  }
  return total;
}

async function storeChunk(chunk: readonly ImportedIdentity[], put: Store['put']): Promise<IdentityImport> {
  const problems: IdentityProblem[] = [];
  let rest = chunk;
  while (rest.length > 0) {
    try {
      const { stored, replayed } = await put(rest.map(({ input }) => input));
      return { stored, replayed, problems };
    } catch (error) {
      const wrong = wrongRows(error);
      if (wrong.size === 0) throw error;
      for (const [row, message] of wrong) problems.push({ source: rest[row]?.source ?? '', message });
      rest = rest.filter((_, row) => !wrong.has(row));
    }
  }
  return { stored: 0, replayed: 0, problems };
}

/** What the API says is wrong, by the place of the identity in the request. */
function wrongRows(error: unknown): Map<number, string> {
  const errors = error instanceof GradewireError && error.status === 422 ? error.problem?.errors : undefined;
  return new Map(
    (errors ?? []).flatMap(({ pointer, detail }): [number, string][] => {
      const [, row, member] = /^\/identities\/(\d+)(?:\/(.*))?$/.exec(pointer) ?? [];
      return row === undefined ? [] : [[Number(row), [member, detail].filter(Boolean).join(' ')]];
    }),
  );
}
