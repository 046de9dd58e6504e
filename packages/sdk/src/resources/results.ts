import { type CallOptions, PLATFORM_READ_MS, type Send } from '../transport.ts';
import type { ResultList, ResultQuery } from '../types/result.ts';

/** What gradebooks show (role `operate`). */
export function resultsResource(send: Send) {
  return {
    /** All of a column, or one user's, read from the platform at this moment. */
    list: (query: ResultQuery, options: CallOptions = {}) =>
      send<ResultList>({
        method: 'GET',
        path: '/v1/results',
        query: { ...query },
        timeoutMs: PLATFORM_READ_MS,
        ...options,
      }),
  };
}
