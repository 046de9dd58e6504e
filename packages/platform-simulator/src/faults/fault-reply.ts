import { type Reply, webPage } from '../http/reply.ts';
import type { Profile } from '../profiles/profile.ts';
import type { FaultAction } from './fault.ts';

/** The answer of a fault that answers. `now` is the platform's clock, for a `Retry-After` date. */
export function faultReply(action: FaultAction, profile: Profile, now: number): Reply {
  switch (action.kind) {
    case 'status':
      return statusReply(action);
    case 'throttle':
      return throttleReply(action, now);
    case 'vendorThrottle':
      return profile.throttled(now);
    case 'maintenance':
      return profile.maintenance;
    case 'databaseDown':
      return profile.databaseDown;
    default:
      return webPage(200, 'Sign in', 'Please sign in to continue.');
  }
}

function statusReply({ status, reason, headers, body }: Extract<FaultAction, { kind: 'status' }>): Reply {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...Object.fromEntries(own) },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  };
}

function throttleReply(action: Extract<FaultAction, { kind: 'throttle' }>, now: number): Reply {
  const seconds = action.retryAfterSeconds ?? 1;
  const form = action.retryAfter ?? 'seconds';
  const value = form === 'date' ? new Date(now + seconds * 1000).toUTCString() : String(seconds);
  return {
    status: action.status ?? 429,
    headers: { 'content-type': 'text/plain', ...(form === 'none' ? {} : { 'retry-after': value }) },
    body: action.body ?? 'Too many requests\n',
  };
}
