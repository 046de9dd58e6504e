import {
  type AccessToken,
  type ClientAssertionOptions,
  createClientAssertion,
  listLineItems,
  type PlatformAnswer,
  type PlatformResponse,
  type Reading,
  readTokenResponse,
  SCOPES,
  type SendRequest,
  tokenRequest,
  vendorMessage,
} from '@gradewire/ags';
import { classifyLineItem, classifyToken, type Outcome, type Platform, REASONS } from '@gradewire/passback';
import { compareClocks } from './clock.ts';

export interface CheckStep {
  name: 'reachable' | 'token' | 'scopes' | 'clock' | 'lineItems';
  ok: boolean;
  detail: string;
  hint?: string;
  ms: number;
}

export interface CheckOptions {
  platform: Platform;
  key: ClientAssertionOptions['key'];
  send: SendRequest;
  now: () => number;
  lineItemsUrl?: string;
}

/** From all that is of use to the least that a score needs: some platforms refuse the whole when they refuse one. */
const SCOPE_SETS = [
  [SCOPES.score, SCOPES.lineItem, SCOPES.resultReadonly],
  [SCOPES.score, SCOPES.lineItem],
  [SCOPES.score],
];

const UNREACHABLE_HINTS: Partial<Record<string, string>> = {
  DNS: 'The host of tokenUrl has no address. Compare it, letter by letter, with what the platform shows.',
  CONNECT_REFUSED: 'Nothing listens there. Is the port right, and is the platform up?',
  CONNECT_TIMEOUT: 'The host does not answer. Is a firewall between this server and the platform?',
  TLS: "The platform's certificate is not trusted here. It needs its whole chain from a public authority.",
  TIMEOUT: 'The platform takes too long. Try again later; if it stays so, ask its administrator.',
  PRIVATE_ADDRESS:
    'The host is in a private network. If that is meant, start the services with GRADEWIRE_ALLOW_PRIVATE_NETWORKS=true.',
};

/**
 * Tries a registration without touching a grade: asks for a token, looks at what was granted and at the clocks, and reads
 * one page of line items if it is told where. Every step says what was found; those after a failed one are left out.
 */
export async function checkPlatform({
  platform,
  key,
  send,
  now,
  lineItemsUrl,
}: CheckOptions): Promise<CheckStep[]> {
  const sentAtMs = now();
  const { answer, asked } = await askForToken(platform, key, send, now);
  const receivedAtMs = now();
  const ms = Math.round(answer.durationMs);
  if (answer.kind === 'noResponse') {
    const hint = UNREACHABLE_HINTS[answer.code];
    return [{ name: 'reachable', ok: false, detail: answer.detail, ...(hint && { hint }), ms }];
  }
  const token = readTokenResponse(answer, asked);
  const clock = compareClocks(answer.headers.date, sentAtMs, receivedAtMs);
  const steps: CheckStep[] = [
    { name: 'reachable', ok: true, detail: `The token endpoint answers, with status ${answer.status}.`, ms },
    tokenStep(platform, answer, token, ms),
    ...(token.ok ? [scopesStep(token.value.scopes, ms)] : []),
    { name: 'clock', ...clock, ...(!clock.ok && { hint: REASONS.CLOCK_SKEW.hint }), ms },
  ];
  if (!token.ok) return steps;
  return [...steps, await lineItemsStep(platform, lineItemsUrl, token.value, send, now)];
}

/** Asks for less and less until the scopes are not what is refused. */
async function askForToken(
  { clientId, audience, deploymentIds = [], tokenUrl }: Platform,
  key: CheckOptions['key'],
  send: SendRequest,
  now: () => number,
): Promise<{ answer: PlatformAnswer; asked: readonly string[] }> {
  const [deploymentId] = deploymentIds.length === 1 ? deploymentIds : [];
  for (let attempt = 0; ; attempt += 1) {
    const asked = SCOPE_SETS[attempt]!;
    const assertion = await createClientAssertion({
      clientId,
      audience,
      key,
      now,
      ...(deploymentId !== undefined && { deploymentId }),
    });
    const answer = await send(tokenRequest({ tokenUrl, assertion, scopes: asked }));
    const refusesScope =
      answer.kind === 'response' && answer.status >= 400 && /invalid_scope/i.test(answer.body);
    if (!refusesScope || attempt === SCOPE_SETS.length - 1) return { answer, asked };
  }
}

function tokenStep(
  platform: Platform,
  answer: PlatformResponse,
  token: Reading<AccessToken>,
  ms: number,
): CheckStep {
  if (token.ok)
    return { name: 'token', ok: true, detail: `Granted for ${token.value.expiresInSeconds} s.`, ms };
  const outcome = classifyToken(answer, platform.profile);
  const words = vendorMessage(answer);
  return {
    name: 'token',
    ok: false,
    detail: words === '' ? token.problem : `${token.problem}: ${words}`,
    ...hintOf(outcome),
    ms,
  };
}

function scopesStep(granted: readonly string[], ms: number): CheckStep {
  const wanted = SCOPE_SETS[0]!;
  const missing = wanted.filter((scope) => !granted.includes(scope));
  const ok = !missing.includes(SCOPES.score);
  const detail =
    missing.length === 0 ? 'All that is of use is granted.' : `Not granted: ${missing.join(', ')}.`;
  const limits = [
    missing.includes(SCOPES.lineItem) &&
      'columns can neither be looked up nor created, so every score has to name its lineItemUrl',
    missing.includes(SCOPES.resultReadonly) && 'the gradebook cannot be read back',
  ].filter((limit) => limit !== false);
  const hint = ok
    ? limits.length > 0 && `Scores work, but ${limits.join(', and ')}.`
    : REASONS.SCOPE_NOT_GRANTED.hint;
  return { name: 'scopes', ok, detail, ...(hint && { hint }), ms };
}

async function lineItemsStep(
  platform: Platform,
  lineItemsUrl: string | undefined,
  { accessToken }: AccessToken,
  send: SendRequest,
  now: () => number,
): Promise<CheckStep> {
  if (lineItemsUrl === undefined) {
    const detail = 'Not tried: send {"lineItemsUrl": "..."} of a course with the tool to try it.';
    return { name: 'lineItems', ok: true, detail, ms: 0 };
  }
  const startedAtMs = now();
  const read = await listLineItems({ lineItemsUrl, limit: 10, maxPages: 1, accessToken, send });
  const ms = Math.round(now() - startedAtMs);
  if (read.ok) {
    const more = read.truncated ? 'at least ' : '';
    return { name: 'lineItems', ok: true, detail: `Read, with ${more}${read.items.length} columns.`, ms };
  }
  const words = read.answer.kind === 'response' ? vendorMessage(read.answer) : '';
  const outcome = classifyLineItem(read.answer, platform.profile, 'list');
  return {
    name: 'lineItems',
    ok: false,
    detail: words === '' ? read.problem : words,
    ...hintOf(outcome),
    ms,
  };
}

function hintOf(outcome: Outcome): { hint?: string } {
  const reason =
    'reason' in outcome
      ? outcome.reason
      : 'then' in outcome
        ? outcome.then
        : outcome.kind === 'throttled'
          ? 'THROTTLED'
          : undefined;
  return reason === undefined ? {} : { hint: REASONS[reason].hint };
}
