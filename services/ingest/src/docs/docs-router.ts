import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Router } from 'express';
import helmet from 'helmet';
import type { RouteDefinition } from '../http/route.ts';
import { openApiDocument } from './openapi.ts';
import { DOCS_PAGE, DOCS_SCRIPT, problemsPage } from './pages.ts';

const require = createRequire(import.meta.url);

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** `/openapi.json`, and `/docs` to browse it: all of it served from here, nothing inline but Swagger UI's own styles. */
export function docsRouter(routes: readonly RouteDefinition[]): Router {
  const router = Router();
  // Once, at start: a schema that cannot be described stops the process, not a reader.
  const document = JSON.stringify(openApiDocument(routes));
  const problems = problemsPage();
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));

  router.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(document);
  });
  router.use(
    '/docs',
    helmet.contentSecurityPolicy({
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  router.get('/docs', (_request, response) => {
    response.type('html').send(DOCS_PAGE);
  });
  router.get('/docs/problems', (_request, response) => {
    response.type('html').send(problems);
  });
  router.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(DOCS_SCRIPT);
  });
  for (const asset of ASSETS) {
    router.get(`/docs/${asset}`, (_request, response) => {
      response.sendFile(asset, { root: folder, maxAge: '1d' });
    });
  }
  return router;
}
