import { createPlatformHttp } from '../http/platform-http.ts';
import type { SendRequest } from '../messages.ts';

/** The real client, allowed onto loopback, with the access token that the local servers are shown. */
export function localClient(): { send: SendRequest; accessToken: string } & AsyncDisposable {
  const http = createPlatformHttp({ requestTimeoutMs: 5000, allowPrivateNetworks: true });
  return { send: http.send, accessToken: 'token', [Symbol.asyncDispose]: () => http.close() };
}
