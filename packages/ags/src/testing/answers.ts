import type { PlatformAnswer, PlatformRequest, PlatformResponse, SendRequest } from '../messages.ts';

/** A platform's answer with what a test cares about; a body that is not text is sent as JSON. */
export function response(
  status: number,
  body: unknown = '',
  rest: Partial<Omit<PlatformResponse, 'kind' | 'status' | 'body'>> = {},
): PlatformResponse {
  return {
    kind: 'response',
    stage: 'lineItem',
    status,
    reasonPhrase: '',
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
    truncated: false,
    durationMs: 1,
    ...rest,
  };
}

/** Sends nothing: gives the answers in turn and keeps the requests. */
export function scriptedSend(...answers: PlatformAnswer[]): {
  send: SendRequest;
  requests: PlatformRequest[];
} {
  const requests: PlatformRequest[] = [];
  const send: SendRequest = async (request) => {
    requests.push(request);
    const next = answers.shift();
    if (!next) throw new Error(`no answer left for ${request.method} ${request.url}`);
    return next;
  };
  return { send, requests };
}
