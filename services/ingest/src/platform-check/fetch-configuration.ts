import type { PlatformResponse, SendRequest } from '@gradewire/ags';

export type Fetched = { ok: true; configuration: Record<string, unknown> } | { ok: false; problem: string };

/**
 * Reads a platform's OpenID configuration: no redirect is followed, no more than 64 KiB are read, and the connection
 * goes to no private network unless allowed. `problem` goes on from the name of the member that held the address.
 */
export async function fetchConfiguration(url: string, send: SendRequest): Promise<Fetched> {
  const headers = { accept: 'application/json' };
  const answer = await send({ stage: 'configuration', method: 'GET', url, headers });
  if (answer.kind === 'noResponse') return { ok: false, problem: `cannot be read: ${answer.detail}` };
  if (answer.status !== 200) return { ok: false, problem: statusProblem(answer, url) };
  if (answer.truncated)
    return { ok: false, problem: 'answers with more than 64 KiB, which is no configuration' };
  const configuration = parseObject(answer.body);
  if (configuration) return { ok: true, configuration };
  const found = /^\s*</.test(answer.body) ? 'a web page' : 'something else';
  return { ok: false, problem: `must answer with a JSON object, but answers with ${found}` };
}

function statusProblem({ status, headers }: PlatformResponse, url: string): string {
  if (status >= 300 && status < 400) {
    const location = URL.parse(headers.location ?? '', url);
    const where = location ? ` to ${location.origin}${location.pathname}` : '';
    return `redirects${where} (status ${status}); give the address that answers itself`;
  }
  if (status === 401 || status === 403) {
    return `is closed to us (status ${status}), as on Canvas: give issuer, tokenUrl and jwksUrl instead`;
  }
  return `cannot be read: it answers with status ${status}`;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
