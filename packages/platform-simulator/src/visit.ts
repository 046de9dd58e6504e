import type { IncomingMessage } from 'node:http';
import type { FaultSubject } from './faults/fault-book.ts';
import type { RequestEntry } from './journal.ts';
import { readObject } from './profiles/body.ts';
import type { RequestFacts } from './profiles/profile.ts';
import type { MatchRoute, Route } from './services/routes.ts';

/** One request on its way through: what came, where it goes, its log entry, the platform's clock for it. */
export interface Visit {
  facts: RequestFacts;
  route: Route | undefined;
  entry: RequestEntry;
  now: number;
}

type Begun = Omit<RequestEntry, 'seq' | 'inFlight' | 'status' | 'durationMs'>;

/** Reads what a request is about; `begin` notes its arrival. */
export function beginVisit(
  request: IncomingMessage,
  body: string,
  now: number,
  match: MatchRoute,
  begin: (entry: Begun) => RequestEntry,
): Visit {
  const url = request.url ?? '/';
  const path = url.split('?', 1)[0] ?? '/';
  const method = request.method ?? 'GET';
  const route = match(path);
  const facts: RequestFacts = {
    method,
    url,
    path,
    headers: request.headers as RequestFacts['headers'],
    body,
    courseId: route?.courseId ?? '',
    ...(route?.itemId === undefined ? {} : { itemId: route.itemId }),
  };
  const score = route?.endpoint === 'scores' && method === 'POST' ? readObject(body) : undefined;
  const queried =
    route?.endpoint === 'results'
      ? (route.userId ?? new URLSearchParams(url.slice(path.length)).get('user_id'))
      : null;
  const userId = score?.userId === undefined ? (queried ?? undefined) : String(score.userId);
  const entry = begin({
    at: new Date(now).toISOString(),
    endpoint: route?.endpoint ?? 'unknown',
    method,
    path: url,
    ...(userId === undefined ? {} : { userId }),
    ...(route?.courseId === undefined ? {} : { courseId: route.courseId }),
    ...(route?.itemId === undefined ? {} : { lineItemId: route.itemId }),
    ...(score ? { timestamp: score.timestamp, scoreGiven: score.scoreGiven } : {}),
  });
  return { facts, route, entry, now };
}

/** What faults can match on; undefined for a path the platform does not have. */
export function subjectOf({ entry, route }: Visit): FaultSubject | undefined {
  if (!route) return undefined;
  const { method, userId, lineItemId, courseId } = entry;
  return {
    endpoint: route.endpoint,
    method,
    ...(userId === undefined ? {} : { userId }),
    ...(lineItemId === undefined ? {} : { lineItemId }),
    ...(courseId === undefined ? {} : { courseId }),
  };
}
