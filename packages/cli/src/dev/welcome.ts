import type { Jwks } from '@gradewire/sdk';
import type { Terminal } from '../terminal/terminal.ts';
import { SANDBOX_ID } from './sandbox.ts';
import type { StackUrls } from './stack.ts';

/** Everything a person needs to go on from a running stack. */
export interface Welcome {
  urls: StackUrls;
  apiKey: string;
  jwks: Jwks;
  publicKeyPem: string;
  /** A column, and a student in it, for the example requests. */
  example: { lineItemUrl: string; userId: string; scoreMaximum: number };
}

/** The two requests to try: one posts a score, one reads it. They work in any POSIX shell as they stand. */
export function curlLines({ urls, apiKey, example }: Pick<Welcome, 'urls' | 'apiKey' | 'example'>): {
  post: string;
  read: string;
} {
  const auth = `-H 'Authorization: Bearer ${apiKey}'`;
  const externalId = 'my-first-score';
  const score = {
    platformId: SANDBOX_ID,
    userId: example.userId,
    scoreGiven: 97.5,
    scoreMaximum: example.scoreMaximum,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    target: { lineItemUrl: example.lineItemUrl },
    externalId,
  };
  return {
    post: `curl -sS ${urls.api}/v1/scores ${auth} -H 'Content-Type: application/json' -d '${JSON.stringify(score)}'`,
    read: `curl -sS '${urls.api}/v1/scores?platformId=${SANDBOX_ID}&externalId=${externalId}&limit=1' ${auth}`,
  };
}

export function printWelcome(welcome: Welcome, out: Terminal): void {
  const { urls, apiKey, jwks, publicKeyPem } = welcome;
  const { post, read } = curlLines(welcome);
  const facts = [
    ['API', urls.api],
    ['API docs', `${urls.api}/docs`],
    ['Sandbox gradebook', `${urls.sandbox}/`],
    ['Metrics', `${urls.ingestMetrics}  ${urls.deliveryMetrics}`],
    ['API key', apiKey],
    ['Public key, JWKS', `${urls.api}/.well-known/jwks.json`],
    ['Public key, PEM', `${urls.api}/.well-known/public-key.pem`],
  ];
  const title = (text: string) => out.line(`\n${out.paint('bold', text)}`);
  out.line();
  for (const [name = '', value = ''] of facts) out.line(`${out.paint('bold', name.padEnd(18))} ${value}`);
  title('The public key, for a platform that cannot reach this machine');
  out.line(JSON.stringify(jwks));
  out.line(publicKeyPem.trim());
  title('Post a score');
  out.line(post);
  title('Read it');
  out.line(read);
}
