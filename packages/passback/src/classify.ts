import {
  type NoResponse,
  type PlatformAnswer,
  type PlatformResponse,
  parseRetryAfter,
  vendorMessage,
} from '@gradewire/ags';
import { type AnswerRule, DOWN, type LineItemOperation, UNREADABLE } from './answer-rules.ts';
import { TRANSPORT_RULES } from './common-rules.ts';
import { LINE_ITEM_RULES } from './line-item-rules.ts';
import { MEMBERS_RULES } from './members-rules.ts';
import type { Outcome, OutcomeMeaning } from './outcome.ts';
import type { ProfileName } from './profiles.ts';
import { RESULTS_RULES } from './results-rules.ts';
import { SCORE_RULES } from './score-rules.ts';
import { TOKEN_RULES } from './token-rules.ts';

const MAX_DETAIL_CHARACTERS = 300;
const MAX_SEARCHED_CHARACTERS = 16_384;

/**
 * What the answer to a posted score means.
 * @param now in milliseconds, for a `Retry-After` that is a date
 */
export function classifyScore(answer: PlatformAnswer, profile: ProfileName, now = Date.now()): Outcome {
  return classify(answer, SCORE_RULES, { profile, now, changes: true });
}

/** What an answer of the token endpoint means that gave no usable token. */
export function classifyToken(answer: PlatformAnswer, profile: ProfileName, now = Date.now()): Outcome {
  return classify(answer, TOKEN_RULES, { profile, now, changes: false });
}

/** What an answer to a line item request means that could not be used. Only creating is ever ambiguous. */
export function classifyLineItem(
  answer: PlatformAnswer,
  profile: ProfileName,
  operation: LineItemOperation,
  now = Date.now(),
): Outcome {
  return classify(answer, LINE_ITEM_RULES, { profile, operation, now, changes: operation === 'create' });
}

/** What an answer to reading results means that could not be used. */
export function classifyResults(answer: PlatformAnswer, profile: ProfileName, now = Date.now()): Outcome {
  return classify(answer, RESULTS_RULES, { profile, now, changes: false });
}

/** What an answer to reading a course's members means that could not be used. Half a list of people is not quoted. */
export function classifyMembers(answer: PlatformAnswer, profile: ProfileName, now = Date.now()): Outcome {
  const outcome = classify(answer, MEMBERS_RULES, { profile, now, changes: false });
  const holdsMembers = answer.kind === 'response' && answer.status >= 200 && answer.status < 300;
  return holdsMembers ? { ...outcome, detail: 'the answer cannot be read as a list of members' } : outcome;
}

interface Setting {
  profile: ProfileName;
  operation?: LineItemOperation;
  now: number;
  /** The request changes the platform, so that it matters whether it was acted on. */
  changes: boolean;
}

/** What the tables look at in an answer. */
interface Signal {
  status: number;
  text: string;
  shape: AnswerRule['body'];
  bucketEmpty: boolean;
}

function classify(answer: PlatformAnswer, rules: readonly AnswerRule[], setting: Setting): Outcome {
  const detail = detailOf(answer);
  if (answer.kind === 'noResponse') return { ...meaningOfSilence(answer, setting), detail };
  const signal = signalOf(answer);
  const rule = rules.find((candidate) => matches(candidate, signal, setting));
  const meaning = asked(rule?.means ?? UNREADABLE, answer, setting);
  return { ...meaning, detail, httpStatus: answer.status };
}

function meaningOfSilence(answer: NoResponse, { changes }: Setting): OutcomeMeaning {
  const meaning = TRANSPORT_RULES.find(({ codes }) => codes.includes(answer.code))?.means ?? DOWN;
  return meaning.kind === 'transient' ? { ...meaning, ambiguous: changes && answer.maybeSeen } : meaning;
}

/** The meaning with what the platform asked for, and without doubt where a request changes nothing. */
function asked(meaning: OutcomeMeaning, answer: PlatformResponse, { changes, now }: Setting): OutcomeMeaning {
  if (meaning.kind !== 'transient' && meaning.kind !== 'throttled') return meaning;
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], now);
  const wish = retryAfterMs !== undefined && { retryAfterMs };
  if (meaning.kind === 'throttled') return { ...meaning, ...wish };
  return { ...meaning, ambiguous: meaning.ambiguous && changes, ...wish };
}

function matches(rule: AnswerRule, signal: Signal, { profile, operation }: Setting): boolean {
  if (!hasStatus(rule, signal.status)) return false;
  if (rule.profiles && !rule.profiles.includes(profile)) return false;
  if (rule.operations && !(operation && rule.operations.includes(operation))) return false;
  if (rule.body && rule.body !== signal.shape) return false;
  if (rule.bucketEmpty && !signal.bucketEmpty) return false;
  return !rule.text || rule.text.some((part) => occurs(part, signal.text));
}

function hasStatus({ status: wanted }: AnswerRule, status: number): boolean {
  if (typeof wanted === 'number') return wanted === status;
  return 'from' in wanted ? wanted.from <= status && status <= wanted.to : wanted.includes(status);
}

function occurs(part: string | RegExp, text: string): boolean {
  return typeof part === 'string' ? text.includes(part) : part.test(text);
}

function signalOf({ status, body, reasonPhrase, headers }: PlatformResponse): Signal {
  // Moodle repeats the posted score in the reason phrase: a student's comment must not decide.
  const text = `${body.slice(0, MAX_SEARCHED_CHARACTERS)}\n${reasonPhrase.replace(/\{.*$/s, '')}`;
  return { status, text: text.toLowerCase(), shape: shapeOf(body), bucketEmpty: isBucketEmpty(headers) };
}

function shapeOf(body: string): AnswerRule['body'] {
  if (/^\s*</.test(body)) return 'markup';
  if (body.trim() === '') return 'nothing';
  return /^\s*\[\s*\]\s*$/.test(body) ? 'emptyArray' : undefined;
}

function isBucketEmpty(headers: Readonly<Record<string, string>>): boolean {
  const remaining = headers['x-rate-limit-remaining']?.trim();
  return remaining !== undefined && remaining !== '' && Number(remaining) <= 0;
}

function detailOf(answer: PlatformAnswer): string {
  const words = vendorMessage(answer) || (answer.kind === 'response' ? `HTTP ${answer.status}` : answer.code);
  return [...words].slice(0, MAX_DETAIL_CHARACTERS).join('');
}
