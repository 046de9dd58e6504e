import type { Reply } from '../../http/reply.ts';
import type { Refusal } from '../refusals.ts';
import type { Change } from './quirk.ts';

/** Other statuses for some refusals. */
export function withStatus(refusals: readonly Refusal[], status: number): Change {
  return (profile) => ({
    ...profile,
    refuse: (refusal, facts) => {
      const reply = profile.refuse(refusal, facts);
      return refusals.includes(refusal) ? { ...reply, status } : reply;
    },
  });
}

/** Another envelope for every refusal; the status and the challenge stay. */
export function withBody(put: (words: string, status: number) => Reply): Change {
  return (profile) => ({
    ...profile,
    refuse: (refusal, facts) => {
      const { status, headers = {} } = profile.refuse(refusal, facts);
      const reply = put(facts.detail ?? refusal, status);
      const challenge = headers['www-authenticate'];
      return {
        ...reply,
        status,
        headers: { ...reply.headers, ...(challenge && { 'www-authenticate': challenge }) },
      };
    },
  });
}
