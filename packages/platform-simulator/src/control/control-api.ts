import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseFault } from '../faults/parse-fault.ts';
import type { FrontDoor } from '../front-door.ts';
import { readBody, writeReply } from '../http/exchange.ts';
import { json, type Reply } from '../http/reply.ts';
import { answerPage } from '../page/answer-page.ts';
import type { Platform } from '../platform.ts';
import type { Launch, LaunchRequest } from '../services/launch.ts';
import { coursesOf, registrationOf, stateOf } from '../state.ts';
import { NotFoundError, type Teacher } from '../teacher.ts';
import type { ChangeStream } from './change-stream.ts';
import { type Members, readMembers } from './members.ts';

export interface ControlDeps {
  simulator: { launch(request: LaunchRequest): Promise<Launch>; resetCounters(): void };
  platform: Platform;
  door: FrontDoor;
  teacher: Teacher;
  changes: ChangeStream;
}

interface Command {
  ids: string[];
  query: URLSearchParams;
  body: Members;
}

type Handler = (deps: ControlDeps, command: Command) => unknown;

const CREATED = Symbol('created');

/** Answers `/` and `/_sim/...`; resolves false for everything else, which is the platform's. */
export function createControlApi(
  deps: ControlDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const url = request.url ?? '/';
    const isPage = url === '/' || url.startsWith('/?');
    if (!isPage && !url.startsWith('/_sim/')) return false;
    const { pathname, searchParams } = new URL(url, 'http://simulator');
    if (pathname === '/_sim/events') {
      deps.changes.add(response);
      return true;
    }
    const page = answerPage(deps.platform, pathname, searchParams);
    const reply = page ?? (await answer(deps, request, pathname, searchParams));
    writeReply(response, reply, new Date().toUTCString(), { 'cache-control': 'no-store' });
    return true;
  };
}

async function answer(
  deps: ControlDeps,
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
): Promise<Reply> {
  for (const [method, pattern, handler] of COMMANDS) {
    const found = method === request.method ? pattern.exec(path) : null;
    if (!found) continue;
    try {
      const body = readMembers(method === 'GET' ? '' : await readBody(request));
      const value = await handler(deps, { ids: found.slice(1).map(decodeURIComponent), query, body });
      if (typeof value === 'object' && value !== null && CREATED in value) return json(201, value);
      return json(200, value ?? { ok: true });
    } catch (error) {
      if (error instanceof NotFoundError) return json(404, { error: error.message });
      if (error instanceof TypeError || error instanceof URIError) return json(400, { error: error.message });
      throw error;
    }
  }
  return json(404, { error: `no ${request.method} ${path} here; see the README's control API` });
}

const COMMANDS: [method: string, pattern: RegExp, handler: Handler][] = [
  ['GET', /^\/_sim\/state$/, ({ platform, door }) => stateOf(platform, door.isDown)],
  ['GET', /^\/_sim\/registration$/, ({ platform }) => registrationOf(platform)],
  ['GET', /^\/_sim\/courses$/, ({ platform }) => coursesOf(platform)],
  ['GET', /^\/_sim\/requests$/, ({ platform }, { query }) => platform.journal.requests(filterOf(query))],
  ['POST', /^\/_sim\/reset$/, ({ simulator }) => simulator.resetCounters()],

  ['GET', /^\/_sim\/faults$/, ({ platform }) => platform.faults.list()],
  [
    'POST',
    /^\/_sim\/faults$/,
    ({ platform }, { body }) => created({ id: platform.faults.add(parseFault(body.all)) }),
  ],
  ['DELETE', /^\/_sim\/faults$/, ({ platform }) => platform.faults.clear()],
  [
    'DELETE',
    /^\/_sim\/faults\/([^/]+)$/,
    ({ platform }, { ids: [id = ''] }) => {
      if (!platform.faults.remove(id)) throw new NotFoundError(`no fault ${id}`);
    },
  ],
  ['POST', /^\/_sim\/down$/, ({ door }, { body }) => door.down(body.optional('forMs', 'number'))],
  ['POST', /^\/_sim\/up$/, ({ door }) => door.up()],
  ['POST', /^\/_sim\/tokens\/revoke$/, ({ platform }) => ({ revoked: platform.tokens.revokeAll() })],
  [
    'POST',
    /^\/_sim\/tool$/,
    ({ platform }, { body }) => {
      const scopes = body.strings('scopes');
      const jwksUrl = body.optional('jwksUrl', 'string');
      const clientId = body.optional('clientId', 'string');
      const enabled = body.optional('enabled', 'boolean');
      platform.tool = {
        ...platform.tool,
        ...(jwksUrl === undefined ? {} : { jwksUrl }),
        ...(clientId === undefined ? {} : { clientId }),
        ...(scopes === undefined ? {} : { scopes }),
        ...(enabled === undefined ? {} : { enabled }),
      };
      return platform.tool;
    },
  ],
  [
    'POST',
    /^\/_sim\/clock$/,
    ({ platform }, { body }) => {
      platform.skewMs = body.required('skewMs', 'number');
    },
  ],
  [
    'POST',
    /^\/_sim\/latency$/,
    ({ platform }, { body }) => {
      platform.latencyMs = body.required('latencyMs', 'number');
    },
  ],
  [
    'POST',
    /^\/_sim\/launch$/,
    ({ simulator }, { body }) => {
      const placement = body.optional('placement', 'string') ?? 'resourceLink';
      if (!isPlacement(placement)) throw new TypeError('placement is resourceLink, navigation or system');
      return simulator.launch({
        userId: body.required('userId', 'string'),
        ...body.pick({ resourceLinkId: 'string', courseId: 'string', nonce: 'string' }),
        placement,
      });
    },
  ],

  [
    'POST',
    /^\/_sim\/line-items$/,
    ({ platform, teacher }, { body }) => {
      const courseId = body.optional('courseId', 'string') ?? [...platform.world.courses.keys()][0] ?? '';
      const item = teacher.addLineItem(courseId, {
        ...body.pick({ label: 'string', resourceId: 'string', tag: 'string' }),
        ...body.pick({ scoreMaximum: 'number', allowedAttempts: 'number', foreign: 'boolean' }),
      });
      return created({ id: item.id, lineItemUrl: platform.urls.lineItem(item) });
    },
  ],
  [
    'DELETE',
    /^\/_sim\/line-items\/([^/]+)$/,
    ({ teacher }, { ids: [id = ''] }) => teacher.deleteLineItem(id),
  ],
  [
    'POST',
    /^\/_sim\/line-items\/([^/]+)\/lock$/,
    ({ teacher }, { ids: [id = ''], body }) => teacher.lockLineItem(id, body.optional('locked', 'boolean')),
  ],
  [
    'POST',
    /^\/_sim\/line-items\/([^/]+)\/publish$/,
    ({ teacher }, { ids: [id = ''], body }) =>
      teacher.publishLineItem(id, body.required('published', 'boolean')),
  ],
  [
    'PUT',
    /^\/_sim\/line-items\/([^/]+)\/users\/([^/]+)\/grade$/,
    ({ teacher }, { ids: [id = '', user = ''], body }) =>
      teacher.editGrade(id, user, body.numberOrNull('score'), body.optional('comment', 'string')),
  ],
  [
    'POST',
    /^\/_sim\/line-items\/([^/]+)\/users\/([^/]+)\/lock$/,
    ({ teacher }, { ids: [id = '', user = ''], body }) =>
      teacher.lockGrade(id, user, body.optional('locked', 'boolean')),
  ],

  [
    'POST',
    /^\/_sim\/courses\/([^/]+)\/users$/,
    ({ teacher }, { ids: [id = ''], body }) => {
      const role = body.optional('role', 'string') === 'instructor' ? 'instructor' : 'learner';
      const user = body.pick({ userId: 'string', name: 'string', email: 'string' });
      return created({ ...teacher.addUser(id, { ...user, role }) });
    },
  ],
  [
    'DELETE',
    /^\/_sim\/courses\/([^/]+)\/users\/([^/]+)$/,
    ({ teacher }, { ids: [id = '', user = ''] }) => teacher.removeUser(id, user),
  ],
  [
    'POST',
    /^\/_sim\/courses\/([^/]+)\/users\/([^/]+)\/suspend$/,
    ({ teacher }, { ids: [id = '', user = ''], body }) =>
      teacher.suspendUser(id, user, body.optional('suspended', 'boolean')),
  ],
  [
    'POST',
    /^\/_sim\/courses\/([^/]+)\/conclude$/,
    ({ teacher }, { ids: [id = ''], body }) =>
      teacher.concludeCourse(id, body.optional('concluded', 'boolean')),
  ],
  [
    'POST',
    /^\/_sim\/courses\/([^/]+)\/tool$/,
    ({ teacher }, { ids: [id = ''], body }) =>
      teacher.setToolAvailable(id, body.required('available', 'boolean')),
  ],
  ['DELETE', /^\/_sim\/courses\/([^/]+)$/, ({ teacher }, { ids: [id = ''] }) => teacher.deleteCourse(id)],
];

function isPlacement(value: string): value is NonNullable<LaunchRequest['placement']> {
  return ['resourceLink', 'navigation', 'system'].includes(value);
}

function created<T extends object>(value: T): T {
  return Object.defineProperty(value, CREATED, { value: true, enumerable: false });
}

function filterOf(query: URLSearchParams) {
  const text = (name: string) => (query.has(name) ? { [name]: query.get(name) ?? '' } : {});
  const number = (name: string) => {
    const value = Number(query.get(name));
    if (Number.isNaN(value)) throw new TypeError(`${name} must be a number`);
    return query.has(name) ? { [name]: value } : {};
  };
  return {
    ...text('endpoint'),
    ...text('userId'),
    ...text('lineItemId'),
    ...number('since'),
    ...number('limit'),
  };
}
