import { setImmediate } from 'node:timers/promises';
import { type Score, scoreInputSchema, type WebhookSource } from '@gradewire/passback';
import type { Principal } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { admitScore, type Directory } from '../scores/admit-score.ts';
import { completeGrade } from './complete-grade.ts';
import type { Sent, SentGrade } from './read-sent.ts';
import { type Sieved, type Why, waiting } from './sieve.ts';

/** How many are judged in one go: requests have their turn in between. */
const AT_ONCE = 200;
const MOST_ERRORS = 20;

/** A grade that is a good score of its platform, but for whose it is. */
export interface JudgedGrade extends SentGrade {
  score: Score;
}

/** A webhook may do what its source says, for the platform of its source and no other. */
function principalOf({ id, platformId }: Pick<WebhookSource, 'id' | 'platformId'>): Principal {
  return { keyId: `webhook-source:${id}`, role: 'submit', platformIds: [platformId] };
}

/** Makes a score of each grade and checks it as `POST /v1/scores` would. Who the student is comes after. */
export async function judgeGrades(
  directory: Directory,
  source: WebhookSource,
  grades: readonly SentGrade[],
  { receivedAtMs }: Pick<Sent, 'receivedAtMs'>,
): Promise<Sieved<JudgedGrade>> {
  const judged: Sieved<JudgedGrade> = { passed: [], unmatched: [] };
  for (const [i, sent] of grades.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
    const completed = completeGrade(sent.grade, source, receivedAtMs);
    const score = completed.ok ? await scoreOrWhy(directory, source, completed.input) : completed.why;
    if ('reason' in score) judged.unmatched.push(waiting(sent, score, sent.grade));
    else judged.passed.push({ ...sent, score });
  }
  return judged;
}

async function scoreOrWhy(directory: Directory, source: WebhookSource, input: unknown): Promise<Score | Why> {
  try {
    const { score } = await admitScore(
      validate(scoreInputSchema, input, 'body'),
      principalOf(source),
      directory,
    );
    return score as Score;
  } catch (error) {
    return refusal(error);
  }
}

/** What a problem says of a score. @throws what is no matter of the score */
export function refusal(error: unknown): Why {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  const { code, detail, errors } = error.toJSON();
  const fields = errors.length > 0 && { errors: errors.slice(0, MOST_ERRORS) };
  if (code === 'INVALID') return { reason: 'INVALID_SCORE', detail, ...fields };
  return { reason: 'REFUSED', detail: `${code}: ${detail}`, ...fields };
}
