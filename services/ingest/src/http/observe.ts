import type { RequestHandler } from 'express';
import type { Metrics } from '../metrics.ts';
import type { RouteDefinition } from './route.ts';

/** Times every request under its route's pattern, so that no id becomes a label. */
export function observeRequests(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const end = metrics.httpRequestDuration.startTimer();
    response.once('close', () => {
      const route = response.locals.route as RouteDefinition | undefined;
      // Until an answer is written its status reads 200, also for a caller who has left.
      const status = response.writableFinished ? String(response.statusCode) : 'aborted';
      end({ route: route?.path ?? 'none', method: request.method, status });
    });
    next();
  };
}
