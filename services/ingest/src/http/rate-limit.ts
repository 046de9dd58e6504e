import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Principal } from '../auth.ts';
import { Problem } from './problem.ts';

export interface RateLimit {
  windowMs: number;
  limit: number;
}

/** Far above what one process can do in earnest: it stops a loop gone wild, not a busy term. */
export const GENEROUS_RATE: RateLimit = { windowMs: 10_000, limit: 100_000 };

/** Counts requests per API key, in this process. Beyond the limit: 429 with Retry-After. */
export function limitRate({ windowMs, limit }: RateLimit): RequestHandler {
  return rateLimit({
    windowMs,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (_request, response) => (response.locals.principal as Principal).keyId,
    handler: (_request, _response, next) =>
      next(new Problem('RATE_LIMITED', { retryAfterSeconds: Math.ceil(windowMs / 1000) })),
  });
}
