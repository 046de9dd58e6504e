import type { PlatformAnswer, SendRequest } from './messages.ts';
import { type PagedReading, readPages } from './paging.ts';
import { isObject } from './reading.ts';
import { serviceRequest } from './service-request.ts';
import { resultsUrl } from './urls.ts';
import { MEDIA_TYPES } from './vocabulary.ts';

/**
 * The grade a platform holds (AGS 2.0 section 3.3), which a teacher may have changed. Without `resultScore`
 * there is none. `timestamp` is Moodle's addition.
 */
export interface Result {
  id?: string;
  userId: string;
  scoreOf?: string;
  resultScore?: number;
  resultMaximum?: number;
  comment?: string;
  scoringUserId?: string;
  timestamp?: string;
}

/** How a platform is asked for results, where it is not as in AGS 2.0 section 3.3. */
export interface ResultsAccess {
  /** One user's: by `?user_id=`; as `/results/{user}`; or only among all, which is always possible. @default 'query' */
  ofUser?: 'query' | 'path' | 'whole';
  /** All are at `/results/`: without the slash there is a redirect, which a token does not follow. */
  slash?: boolean;
}

/**
 * Lists the results of a line item, all pages. With a `userId` only that user's come back, whatever the platform
 * made of the filter; of several the last one counts. Where the platform has nothing under that user, all are read: it
 * may say 404 for a user without a result. Moodle answers 404 when there is a `limit`.
 */
export async function listResults(options: {
  lineItemUrl: string;
  userId?: string;
  limit?: number | undefined;
  access?: ResultsAccess;
  accessToken: string;
  send: SendRequest;
  signal?: AbortSignal;
  maxPages?: number;
}): Promise<PagedReading<Result>> {
  const { lineItemUrl, userId, limit, access = {}, accessToken, send, signal, maxPages } = options;
  const read = (url: string) => {
    const accept = MEDIA_TYPES.resultContainer;
    const first = serviceRequest({ stage: 'result', method: 'GET', url, accept, accessToken, signal });
    return readPages({ first, itemsOf: resultsOf, send, maxPages });
  };
  const whole = () => read(resultsUrl(lineItemUrl, { limit, ...(access.slash && { below: '' }) }));
  if (userId === undefined) return whole();

  const filtered = urlOfUser(lineItemUrl, userId, limit, access.ofUser);
  let reading = filtered === undefined ? await whole() : await read(filtered);
  if (filtered !== undefined && !reading.ok && isNotFound(reading.answer)) reading = await whole();
  if (!reading.ok) return reading;
  return { ...reading, items: reading.items.filter((result) => result.userId === userId) };
}

function urlOfUser(
  lineItemUrl: string,
  userId: string,
  limit: number | undefined,
  ofUser: ResultsAccess['ofUser'] = 'query',
): string | undefined {
  if (ofUser === 'query') return resultsUrl(lineItemUrl, { userId, limit });
  // Open edX has no path for an id with a dot or a slash (xblock-lti-consumer plugin/views.py).
  const hasPath = ofUser === 'path' && /^[^/.]+$/.test(userId);
  return hasPath ? resultsUrl(lineItemUrl, { below: userId }) : undefined;
}

function isNotFound(answer: PlatformAnswer): boolean {
  return answer.kind === 'response' && answer.status === 404;
}

/** One user's can come as an object that is in no list (Sakai). */
function resultsOf(json: unknown): Result[] | undefined {
  const rows = Array.isArray(json) ? json : isObject(json) && 'userId' in json ? [json] : undefined;
  return rows?.map(resultOf).filter((result) => result !== undefined);
}

function resultOf(value: unknown): Result | undefined {
  if (!isObject(value) || (typeof value.userId !== 'string' && typeof value.userId !== 'number'))
    return undefined;
  const result: Result = { userId: `${value.userId}` };
  for (const name of ['id', 'scoreOf', 'comment', 'scoringUserId', 'timestamp'] as const) {
    if (typeof value[name] === 'string') result[name] = value[name];
  }
  for (const name of ['resultScore', 'resultMaximum'] as const) {
    const number =
      typeof value[name] === 'string' && value[name].trim() !== '' ? Number(value[name]) : value[name];
    if (typeof number === 'number' && Number.isFinite(number)) result[name] = number;
  }
  return result;
}
