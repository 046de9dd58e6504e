import { listResults, SCOPES, type SendRequest } from '@gradewire/ags';
import {
  classifyResults,
  classifyToken,
  type Outcome,
  type Platform,
  PROFILES,
  type ResultSeen,
} from '@gradewire/passback';
import type { Parts } from './parts.ts';

/** What can be told of a student's result. */
export type ResultReading =
  /** Null: there is none. */
  | { kind: 'seen'; result: ResultSeen | null }
  /** The platform does not let us see, and why; `isGone`: perhaps since the column is not there any more. */
  | { kind: 'unseen'; why: string; isGone: boolean }
  /** The platform is in trouble, or refuses us as a whole: it can be asked again. */
  | { kind: 'trouble'; outcome: Outcome; why: string }
  | { kind: 'wait'; retryAtMs: number };

const scopes = [SCOPES.resultReadonly];

/** Asks for a student's result in a column, with one new token if the first is refused. */
export async function readResult(
  { tokens, now }: Pick<Parts, 'tokens' | 'now'>,
  input: { platform: Platform; lineItemUrl: string; userId: string; send: SendRequest },
): Promise<ResultReading> {
  const { platform, lineItemUrl, userId, send } = input;
  const access = PROFILES[platform.profile].results;
  for (let renewed = false; ; renewed = true) {
    const token = await tokens.get(platform, scopes, send);
    if (!token.ok) {
      if (!token.answer) return { kind: 'wait', retryAtMs: token.retryAtMs ?? 0 };
      return unread(classifyToken(token.answer, platform.profile, now()));
    }
    if (!token.token.scopes.includes(SCOPES.resultReadonly)) {
      return { kind: 'unseen', why: 'the scope result.readonly is not granted', isGone: false };
    }
    const { accessToken } = token.token;
    const reading = await listResults({ lineItemUrl, userId, access, accessToken, send });
    if (reading.ok) {
      const result = reading.items.at(-1) ?? null;
      if (result || !reading.truncated) return { kind: 'seen', result };
      return { kind: 'unseen', why: 'the list of results is too long to be read whole', isGone: false };
    }
    const outcome = classifyResults(reading.answer, platform.profile, now());
    if (outcome.kind !== 'renewToken' || renewed) return unread(outcome);
    await tokens.drop(platform, scopes, token.token.id);
  }
}

function unread(outcome: Outcome): ResultReading {
  const why = `${outcome.httpStatus ?? 'no answer'}: ${outcome.detail}`;
  if (isTrouble(outcome)) return { kind: 'trouble', outcome: ofResultsAlone(outcome), why };
  return { kind: 'unseen', why, isGone: outcome.kind === 'reresolve' };
}

/** Also that the platform refuses us as a whole; but not that the results alone are closed to us. */
function isTrouble(outcome: Outcome): boolean {
  if (outcome.kind === 'holdCredentials') return outcome.reason !== 'SCOPE_NOT_GRANTED';
  return outcome.kind === 'transient' || outcome.kind === 'throttled';
}

/** What the results answer tells nothing of how scores fare, which must not wait for it; unless the platform says it is down. */
function ofResultsAlone(outcome: Outcome): Outcome {
  const isTheirs = outcome.kind === 'transient' && outcome.httpStatus !== undefined;
  return isTheirs && outcome.httpStatus !== 503 ? { ...outcome, systemic: false } : outcome;
}
