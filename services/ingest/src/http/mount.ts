import type { Express, Request, RequestHandler, Response } from 'express';
import { authenticate, NOBODY, type Principal, requireRole } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from './problem.ts';
import { MAX_BODY_BYTES, readBody, readBytes } from './read-body.ts';
import type { Reply, RouteDefinition } from './route.ts';
import { validate } from './validate.ts';

/**
 * Puts the routes into the app: key, role, rate, body, fields, in this order, so that a stranger's body is not even
 * read. A path that is known with another method is 405.
 */
export function mountRoutes(
  app: Express,
  routes: readonly RouteDefinition[],
  context: Context,
  rateLimit: RequestHandler,
): void {
  for (const route of routes) {
    app[route.method](
      expressPath(route.path),
      markRoute(route),
      ...(route.role === 'open' ? [] : [authenticated(route.role, context), rateLimit]),
      ...bodyReader(route),
      handled(route, context),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    app.all(expressPath(path), () => {
      throw new Problem('METHOD_NOT_ALLOWED', { headers: { Allow: methods.join(', ') } });
    });
  }
}

function bodyReader(route: RouteDefinition): RequestHandler[] {
  if (!route.body) return [];
  const maxBytes = route.maxBodyBytes ?? MAX_BODY_BYTES;
  return route.takesBytes ? readBytes(maxBytes) : readBody(maxBytes, route.bodyOptional);
}

/** OpenAPI's `{name}` in Express' spelling. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function markRoute(route: RouteDefinition): RequestHandler {
  return (_request, response, next) => {
    response.locals.route = route;
    next();
  };
}

function authenticated(role: 'submit' | 'operate' | 'admin', context: Context): RequestHandler {
  return async (request, response, next) => {
    const principal = await authenticate(
      request.headers.authorization,
      context.config.adminKey,
      context.verifyKey,
    );
    requireRole(principal, role);
    response.locals.principal = principal;
    next();
  };
}

function handled(route: RouteDefinition, context: Context): RequestHandler {
  return async (request: Request, response: Response) => {
    const reply = await route.handle({
      context,
      principal: (response.locals.principal as Principal | undefined) ?? NOBODY,
      path: route.params && validatePath(route, request.params),
      query: route.query && validate(route.query, request.query, 'query'),
      body: route.takesBytes ? request.body : route.body && validate(route.body, request.body, 'body'),
      rawBody: request.body,
      headers: request.headers,
    });
    send(response, reply);
  };
}

/** A path that cannot name anything names nothing; whoever wants to give a name is told what it takes. */
function validatePath(route: RouteDefinition, params: unknown): unknown {
  const parsed = route.params!.safeParse(params);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem('NOT_FOUND', { detail: `${issue?.path.join('.')} ${issue?.message}` });
}

function send(response: Response, { status, body, headers = {} }: Reply): void {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else if (typeof body === 'string' || Buffer.isBuffer(body)) response.send(body);
  else response.json(body);
}
