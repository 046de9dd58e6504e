import type { SealCounts, SealedStore, SecretBox } from '@gradewire/passback/redis';

/** What lies sealed in Redis and lasts, by kind, and what it is sealed with. */
export interface SealedSecrets {
  box: Pick<SecretBox, 'keyName' | 'previousKeyName'>;
  stores: Readonly<Record<string, SealedStore>>;
}

export interface EncryptionStatus {
  keyName: string;
  previousKey?: { name: string; mayBeRemoved: boolean };
  secrets: Array<{ kind: string } & SealCounts>;
}

/** Which encryption keys are there, what each opens, and whether the previous one is still needed. */
export async function encryptionStatus({ box, stores }: SealedSecrets): Promise<EncryptionStatus> {
  const secrets = await Promise.all(
    Object.entries(stores).map(async ([kind, store]) => ({ kind, ...(await store.sealCounts()) })),
  );
  const { keyName, previousKeyName } = box;
  const mayBeRemoved = secrets.every(({ previous }) => previous === 0);
  return {
    keyName,
    ...(previousKeyName !== undefined && { previousKey: { name: previousKeyName, mayBeRemoved } }),
    secrets,
  };
}

/** Seals everything that lasts with the current key. @returns how many secrets */
export async function resealAll({ stores }: Pick<SealedSecrets, 'stores'>): Promise<number> {
  let count = 0;
  for (const store of Object.values(stores)) count += await store.reseal();
  return count;
}
