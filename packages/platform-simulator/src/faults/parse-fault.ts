import type { Fault, FaultActionKind } from './fault.ts';

const ENDPOINTS = [
  'token',
  'lineItems',
  'lineItem',
  'scores',
  'results',
  'memberships',
  'jwks',
  'configuration',
  'jwksFetch',
];

/** Fields of each action: name to type, `!` when it must be there. */
const ACTIONS: Record<FaultActionKind, Record<string, string>> = {
  status: { status: 'number!', reason: 'string', headers: 'object', body: 'any', apply: 'boolean' },
  delay: { ms: 'number!', jitterMs: 'number', apply: 'boolean' },
  hang: { apply: 'boolean' },
  drop: { apply: 'boolean' },
  html: { apply: 'boolean' },
  truncate: { apply: 'boolean' },
  huge: { bytes: 'number', apply: 'boolean' },
  throttle: {
    retryAfter: 'string',
    retryAfterSeconds: 'number',
    status: 'number',
    body: 'string',
    ratePerSecond: 'number',
    burst: 'number',
  },
  vendorThrottle: {},
  revokeTokens: {},
  maintenance: {},
  databaseDown: {},
  clockSkew: { ms: 'number!' },
  down: { ms: 'number!' },
};

const FAULT = { id: 'string', match: 'object', count: 'number', probability: 'number', action: 'object!' };
const MATCH = {
  endpoint: 'any',
  method: 'string',
  userId: 'string',
  lineItemId: 'string',
  courseId: 'string',
  nth: 'number',
};

/** Checks a fault from outside; throws `TypeError` that names the member. A misspelt fault would be one that never fires. */
export function parseFault(value: unknown): Fault {
  const fault = checkMembers(value, FAULT, 'fault');
  const match = checkMembers(fault.match ?? {}, MATCH, 'match');
  for (const endpoint of [match.endpoint ?? []].flat()) {
    if (!ENDPOINTS.includes(endpoint as string)) {
      throw new TypeError(`match.endpoint must be among ${ENDPOINTS.join(', ')}`);
    }
  }
  const kind = (fault.action as { kind?: unknown }).kind;
  if (typeof kind !== 'string' || !Object.hasOwn(ACTIONS, kind)) {
    throw new TypeError(`action.kind must be one of ${Object.keys(ACTIONS).join(', ')}`);
  }
  const action = checkMembers(
    fault.action,
    { kind: 'string!', ...ACTIONS[kind as FaultActionKind] },
    'action',
  );
  if (kind === 'status') checkStatus(action.status as number);
  if (kind === 'throttle' && action.status !== undefined) checkStatus(action.status as number);
  return fault as unknown as Fault;
}

function checkStatus(status: number): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new TypeError('action.status must be from 200 to 599');
  }
}

function checkMembers(
  value: unknown,
  members: Record<string, string>,
  where: string,
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${where} must be an object`);
  }
  const given = value as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(members, name)) throw new TypeError(`${where}.${name} is not known`);
  }
  for (const [name, rule] of Object.entries(members)) {
    const type = rule.replace('!', '');
    const actual = given[name];
    if (actual === undefined ? rule.endsWith('!') : !isOfType(actual, type)) {
      throw new TypeError(`${where}.${name} must be a ${type}`);
    }
  }
  return given;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'any') return true;
  if (type === 'number') return Number.isFinite(value);
  return typeof value === type && value !== null;
}
