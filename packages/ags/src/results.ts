import type { SendRequest } from './messages.ts';
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

/**
 * Lists the results of a line item, all pages. With a `userId` only that user's come back, whatever the platform
 * made of the filter; of several the last one counts. Moodle answers 404 when there is a `limit`.
 */
export async function listResults(options: {
  lineItemUrl: string;
  userId?: string;
  limit?: number;
  accessToken: string;
  send: SendRequest;
  signal?: AbortSignal;
  maxPages?: number;
}): Promise<PagedReading<Result>> {
  const { lineItemUrl, userId, limit, accessToken, send, signal, maxPages } = options;
  const url = resultsUrl(lineItemUrl, { ...(userId !== undefined && { userId }), ...(limit && { limit }) });
  const accept = MEDIA_TYPES.resultContainer;
  const first = serviceRequest({ stage: 'result', method: 'GET', url, accept, accessToken, signal });
  const reading = await readPages({ first, itemsOf: resultsOf, send, maxPages });
  if (!reading.ok || userId === undefined) return reading;
  return { ...reading, items: reading.items.filter((result) => result.userId === userId) };
}

function resultsOf(json: unknown): Result[] | undefined {
  return Array.isArray(json) ? json.map(resultOf).filter((result) => result !== undefined) : undefined;
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
