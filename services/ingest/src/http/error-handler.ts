import { isRedisUnavailable } from '@gradewire/passback/redis';
import type { Logger } from '@gradewire/telemetry';
import type { ErrorRequestHandler } from 'express';
import { Problem } from './problem.ts';

/**
 * Turns whatever was thrown into the problem the caller is told. The text of an unexpected error goes to the log only.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const type = bodyParserType(error);
  if (type === 'entity.too.large') return new Problem('BODY_TOO_LARGE', { cause: error });
  if (type === 'charset.unsupported' || type === 'encoding.unsupported') {
    return new Problem('UNSUPPORTED_MEDIA_TYPE', { cause: error });
  }
  if (error instanceof URIError) return new Problem('NOT_FOUND', { cause: error });
  if (type !== undefined) {
    return new Problem('NOT_JSON', { detail: 'The body could not be read as JSON in UTF-8.', cause: error });
  }
  if (isRedisUnavailable(error)) return new Problem('STORE_UNAVAILABLE', { cause: error });
  return new Problem('INTERNAL', { cause: error });
}

/** The one place where an error becomes a response. */
export function errorHandler(
  logger: Logger,
  onProblem: (problem: Problem, route: unknown) => void,
): ErrorRequestHandler {
  return (error, _request, response, next) => {
    const problem = toProblem(error);
    onProblem(problem, response.locals.route);
    if (problem.code === 'INTERNAL') logger.error({ err: error }, 'request failed');
    if (response.headersSent) return next(error);
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  };
}

/**
 * body-parser names its failures, but for a body that cannot be unpacked, which is zlib's error with a status. Messages
 * quote the body, so they are not passed on.
 */
function bodyParserType(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  if ('type' in error) return String(error.type);
  return error.statusCode === 400 ? 'unpacking.failed' : undefined;
}
