import type { PlatformRequest, Stage } from './messages.ts';

/** A call of a service with an access token. `accept` is a single media type: Moodle refuses a list. */
export function serviceRequest(options: {
  stage: Stage;
  method: PlatformRequest['method'];
  url: string;
  accept: string;
  accessToken: string;
  content?: { type: string; value: unknown };
  signal?: AbortSignal | undefined;
}): PlatformRequest {
  const { stage, method, url, accept, accessToken, content, signal } = options;
  return {
    stage,
    method,
    url,
    headers: {
      accept,
      authorization: `Bearer ${accessToken}`,
      ...(content && { 'content-type': content.type }),
    },
    ...(content && { body: JSON.stringify(content.value) }),
    ...(signal && { signal }),
  };
}
