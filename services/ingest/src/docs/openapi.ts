import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { PROBLEMS, type ProblemCode } from '../http/problem.ts';
import type { RouteDefinition } from '../http/route.ts';
import { problemSchema } from '../schemas/common.ts';

type Document = ReturnType<typeof createDocument>;

const TAGS = [
  'Scores',
  'Launches',
  'Rosters',
  'Gradebook',
  'Reconciliation',
  'Dead letters',
  'Lanes',
  'Webhooks',
  'Callbacks',
  'Platforms',
  'Keys',
  'Tool keys',
  'Encryption key',
  'Health',
];

/** The OpenAPI 3.1 document of the routes, from the very schemas that they check with. */
export function openApiDocument(routes: readonly RouteDefinition[]): Document {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Gradewire',
      version: '1',
      description: description(),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS.map((name) => ({ name })),
    security: [{ apiKey: [] }],
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
      schemas: { ...schemasByReference(routes), Problem: problemSchema },
    },
    paths: paths as ZodOpenApiPathsObject,
  });
}

/** The codes a route can answer with: those of every route like it and its own. */
function problemsOf(route: RouteDefinition): ProblemCode[] {
  const everywhere: ProblemCode[] = ['STORE_UNAVAILABLE', 'INTERNAL'];
  const withKey: ProblemCode[] =
    route.role === 'open' ? [] : ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'];
  const withBytes: ProblemCode[] = ['BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
  const withJson: ProblemCode[] = ['NOT_JSON', ...withBytes, 'INVALID'];
  const withBody = route.body ? (route.takesBytes ? withBytes : withJson) : [];
  const withQuery: ProblemCode[] = route.query ? ['INVALID'] : [];
  const missing: ProblemCode[] = route.params ? ['NOT_FOUND'] : [];
  return [
    ...new Set([...withKey, ...withBody, ...withQuery, ...missing, ...(route.problems ?? []), ...everywhere]),
  ];
}

function operationOf(route: RouteDefinition): ZodOpenApiOperationObject {
  const header = z.object({
    'Idempotency-Key': z
      .string()
      .max(255)
      .optional()
      .meta({ description: 'Kept 24 hours: the same request again gets the first answer again.' }),
  });
  return {
    operationId: operationIdOf(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    ...(route.role === 'open' && { security: [] }),
    requestParams: {
      ...(route.params && { path: route.params as z.ZodObject }),
      ...(route.query && { query: route.query as z.ZodObject }),
      ...(route.idempotent && { header }),
    },
    ...(route.body && {
      requestBody: {
        required: !route.bodyOptional,
        content: { [route.takesBytes ? '*/*' : 'application/json']: { schema: route.body } },
      },
    }),
    responses: responsesOf(route),
  };
}

function responsesOf(route: RouteDefinition): ZodOpenApiResponsesObject {
  const good = Object.entries(route.responses).map(([status, { description: text, schema, contentType }]) => [
    status,
    {
      description: text,
      ...(schema && { content: { 'application/json': { schema } } }),
      ...(contentType && { content: { [contentType]: { schema: z.string() } } }),
    },
  ]);
  const byStatus = Map.groupBy(problemsOf(route), (code) => PROBLEMS[code].status);
  const bad = [...byStatus]
    .filter(([status]) => !(status in route.responses))
    .map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]);
  return Object.fromEntries([...good, ...bad]) as ZodOpenApiResponsesObject;
}

/** `POST /v1/dead-letters/{scoreId}/replay` is `postDeadLettersScoreIdReplay`: stable, and unique by construction. */
function operationIdOf({ method, path }: RouteDefinition): string {
  const words = path.replace(/^\/v1/, '').match(/[A-Za-z]+/g) ?? [];
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

/** Schemas that others name by `$ref` only, so that nothing else would bring them in. */
function schemasByReference(routes: readonly RouteDefinition[]): Record<string, z.ZodType> {
  const bodies = routes.flatMap(({ body }) => (body ? [body] : []));
  return Object.fromEntries(
    bodies.flatMap((schema) => [[schema.meta()?.id, schema]].filter(([id]) => id !== undefined)),
  );
}

function description(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) => `| ${status} | \`${code}\` | ${title} |`,
  );
  return [
    'Scores in, gradebooks converge. Every answer that is not 2xx is `application/problem+json` (RFC 9457) with a stable `code`:',
    '',
    '| status | code | meaning |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}
