import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import type { ProblemCode } from './problem.ts';

export type Role = 'submit' | 'operate' | 'admin';
type Method = 'get' | 'post' | 'put' | 'delete';

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

interface RouteInput<Path, Query, Body> {
  context: Context;
  /** Who asks; on an open route nobody in particular. */
  principal: Principal;
  path: Path;
  query: Query;
  body: Body;
  /** The body as it came, before defaults. */
  rawBody: unknown;
  headers: IncomingHttpHeaders;
}

interface ResponseDescription {
  description: string;
  schema?: z.ZodType;
  contentType?: string;
}

/** One route: what is checked, what is documented and what is done, so that the three cannot part. */
export interface RouteDefinition<
  Path extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  method: Method;
  /** In OpenAPI's spelling: `/v1/scores/{scoreId}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** `open`: no key is asked for. A role includes the ones below it. */
  role: Role | 'open';
  params?: Path;
  query?: Query;
  body?: Body;
  /** Default 1 MiB. */
  maxBodyBytes?: number;
  /** No body at all is read as `{}`. */
  bodyOptional?: boolean;
  /** The body is not read as JSON: it is whatever came, as a Buffer, and `body` only describes it. */
  takesBytes?: boolean;
  /** Takes an Idempotency-Key header. */
  idempotent?: boolean;
  /** Scores come in here, so that its refusals count as rejected scores. */
  submission?: boolean;
  responses: Record<number, ResponseDescription>;
  /** Beside those that any route can give. */
  problems?: ProblemCode[];
  handle(input: RouteInput<z.output<Path>, z.output<Query>, z.output<Body>>): Promise<Reply>;
}

/** A route whose handler gets `params`, `query` and `body` already read by their schemas. */
export function defineRoute<
  Path extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<Path, Query, Body>): RouteDefinition {
  return definition as unknown as RouteDefinition;
}
