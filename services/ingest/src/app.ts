import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Context } from './context.ts';
import { docsRouter } from './docs/docs-router.ts';
import { errorHandler } from './http/error-handler.ts';
import { mountRoutes } from './http/mount.ts';
import { observeRequests } from './http/observe.ts';
import { Problem } from './http/problem.ts';
import { limitRate } from './http/rate-limit.ts';
import type { RouteDefinition } from './http/route.ts';
import { ROUTES } from './routes/index.ts';

/** The whole API on one Express app, not listening yet. */
export function createApp(context: Context): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(observeRequests(context.metrics));
  app.use((_request, response, next) => {
    if (context.draining) response.set('Connection', 'close');
    next();
  });
  // Answers are data, so nothing in them may be loaded or run; the docs bring their own policy.
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"] } } }));
  app.use(docsRouter(ROUTES));
  mountRoutes(app, ROUTES, context, limitRate(context.rateLimit));
  app.use(() => {
    throw new Problem('NOT_FOUND', { detail: 'There is no such path.' });
  });
  app.use(
    errorHandler(context.logger, (problem, route) => {
      if ((route as RouteDefinition | undefined)?.submission) {
        context.metrics.scoresRejected.inc({ code: problem.code });
      }
    }),
  );
  return app;
}
