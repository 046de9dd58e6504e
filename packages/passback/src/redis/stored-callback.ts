import type { Callback } from '../callback.ts';
import { secretContext } from './callback-keys.ts';
import type { SecretBox } from './secret-box.ts';

/** A callback as it lies in the registry, its secrets sealed. */
export interface StoredCallback extends Omit<Callback, 'id'> {
  secret: string;
  /** Secrets of before that sign too, until then. */
  former?: FormerSecret[];
}

interface FormerSecret {
  secret: string;
  untilMs: number;
}

type Secrets = Pick<StoredCallback, 'secret' | 'former'>;

const FORMER_SIGNS_MS = 24 * 60 * 60_000;
/** Servers refuse headers that are too long. */
const FORMER_AT_MOST = 9;

/** As a caller sees it: without secrets. */
export function callbackOf(id: string, stored: StoredCallback): Callback {
  const { secret: _, former: __, ...callback } = stored;
  return { id, ...callback };
}

/**
 * What signs now: the secret, and those before it for a day after they were replaced.
 * @throws SealBrokenError when the encryption key was changed
 */
export function openSecrets(
  box: SecretBox,
  id: string,
  { secret, former = [] }: Secrets,
  nowMs: number,
): string[] {
  const signing = [{ secret, untilMs: Number.POSITIVE_INFINITY }, ...former];
  return signing
    .filter(({ untilMs }) => untilMs > nowMs)
    .map(({ secret: sealed }) => box.open(sealed, secretContext(id)));
}

/** The secrets with a new one in front. The same as before changes nothing; one that does not open any more is dropped. */
export function withSecret(
  box: SecretBox,
  id: string,
  stored: Secrets | undefined,
  fresh: string,
  nowMs: number,
): Secrets {
  const context = secretContext(id);
  const kept = [...(stored?.former ?? [])].filter(({ untilMs }) => untilMs > nowMs);
  if (stored && box.sealedBy(stored.secret, context) !== 'unknown') {
    if (box.open(stored.secret, context) === fresh) return stored;
    kept.unshift({ secret: stored.secret, untilMs: nowMs + FORMER_SIGNS_MS });
  }
  const former = kept.slice(0, FORMER_AT_MOST);
  return { secret: box.seal(fresh, context), ...(former.length > 0 && { former }) };
}

/** All sealed secrets of a callback. */
export function sealedSecrets({ secret, former = [] }: Secrets): string[] {
  return [secret, ...former.map((each) => each.secret)];
}

/** The secrets sealed with the current encryption key, as far as the previous one had sealed them. */
export function resealed(box: SecretBox, id: string, { secret, former }: Secrets): Secrets {
  const context = secretContext(id);
  const fresh = (sealed: string) =>
    box.sealedBy(sealed, context) === 'previous' ? box.seal(box.open(sealed, context), context) : sealed;
  return {
    secret: fresh(secret),
    ...(former && { former: former.map((each) => ({ ...each, secret: fresh(each.secret) })) }),
  };
}
