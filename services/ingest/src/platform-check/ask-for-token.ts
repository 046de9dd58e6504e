import {
  type AccessToken,
  type ClientAssertionOptions,
  createClientAssertion,
  type PlatformAnswer,
  type Reading,
  readTokenResponse,
  SCOPES,
  type SendRequest,
  tokenRequest,
} from '@gradewire/ags';
import { type Platform, scopeSets } from '@gradewire/passback';

interface Asked {
  answer: PlatformAnswer;
  /** The scopes that were asked for last. */
  asked: readonly string[];
  /** Absent without an answer. */
  token?: Reading<AccessToken>;
  /** When the last request left and when its answer was there, by our clock. */
  sentAtMs: number;
  receivedAtMs: number;
}

/** Asks for a token, and for less and less until the scopes are not what is refused, as delivery does. */
export async function askForToken({
  platform: { clientId, audience, deploymentIds = [], tokenUrl },
  key,
  send,
  now,
}: {
  platform: Platform;
  key: ClientAssertionOptions['key'];
  send: SendRequest;
  now: () => number;
}): Promise<Asked> {
  const [deploymentId] = deploymentIds;
  const sets = scopeSets([SCOPES.lineItem]);
  for (let attempt = 0; ; attempt += 1) {
    const asked = sets[attempt]!;
    const assertion = await createClientAssertion({
      clientId,
      audience,
      key,
      now,
      ...(deploymentId !== undefined && { deploymentId }),
    });
    const sentAtMs = now();
    const answer = await send(tokenRequest({ tokenUrl, assertion, scopes: asked }));
    const receivedAtMs = now();
    const refusesScope =
      answer.kind === 'response' && answer.status >= 400 && /invalid_scope/i.test(answer.body);
    if (refusesScope && attempt < sets.length - 1) continue;
    const token = answer.kind === 'response' ? readTokenResponse(answer, asked) : undefined;
    return { answer, asked, sentAtMs, receivedAtMs, ...(token && { token }) };
  }
}
