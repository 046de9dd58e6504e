/** The part of a score's way a request belongs to; `callback` tells somebody who is no platform of how it went. */
export type Stage =
  | 'token'
  | 'lineItem'
  | 'score'
  | 'result'
  | 'membership'
  | 'configuration'
  | 'keys'
  | 'callback';

/** A request ready to be sent; building one does no IO. */
export interface PlatformRequest {
  stage: Stage;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

/**
 * What a platform answered, whatever the status. Header names are lower-cased, several values joined by ", ".
 * `reasonPhrase` is the text of the status line (Moodle puts its reasons there). `truncated`: `body` holds only
 * the beginning, because of the size limit or because the connection broke after a 2xx to a score or a callback.
 */
export interface PlatformResponse {
  kind: 'response';
  stage: Stage;
  status: number;
  reasonPhrase: string;
  headers: Record<string, string>;
  body: string;
  truncated: boolean;
  durationMs: number;
}

/** Why there is no answer. `TIMEOUT`, `RESET` and `ABORTED` can happen before or after the request left. */
export type NoResponseCode =
  | 'DNS'
  | 'CONNECT_REFUSED'
  | 'CONNECT_TIMEOUT'
  | 'TLS'
  | 'TIMEOUT'
  | 'RESET'
  | 'ABORTED'
  | 'PRIVATE_ADDRESS'
  | 'OTHER';

/**
 * No usable answer. `maybeSeen` is false only when not a byte of the request was written, so that the platform
 * cannot have acted on it. `detail` is in our words and names no address, URL or body.
 */
export interface NoResponse {
  kind: 'noResponse';
  stage: Stage;
  code: NoResponseCode;
  maybeSeen: boolean;
  detail: string;
  durationMs: number;
}

export type PlatformAnswer = PlatformResponse | NoResponse;

/** Sends one request. Never throws for what the network or the platform does: that is the answer. */
export type SendRequest = (request: PlatformRequest) => Promise<PlatformAnswer>;
