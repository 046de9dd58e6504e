import type { HostedElsewhere, Profile, ServiceEndpoint } from '../profiles/profile.ts';
import type { PlatformUrls } from './urls.ts';

export type Endpoint = ServiceEndpoint | 'token' | 'jwks' | 'configuration';

export interface Route {
  endpoint: Endpoint;
  courseId?: string;
  itemId?: string;
  binding?: string;
  /** Of results under `/results/{user}`. */
  userId?: string;
}

/** Finds the endpoint of a path; undefined when the platform has none there. `elsewhere`: on its other host. */
export type MatchRoute = (path: string, elsewhere?: boolean) => Route | undefined;

const PARTS: Partial<Record<Endpoint, HostedElsewhere>> = {
  token: 'token',
  jwks: 'jwks',
  lineItem: 'lineItem',
  scores: 'lineItem',
  results: 'lineItem',
};

/** Compiles the profile's URL templates. A trailing slash is another path. */
export function createRoutes(profile: Profile, urls: PlatformUrls): MatchRoute {
  const match = compile(profile);
  if (!urls.isSplit) return match;
  return (path, elsewhere = false) => {
    const route = match(path);
    const part = route && PARTS[route.endpoint];
    const isElsewhere = part !== undefined && profile.elsewhere?.includes(part) === true;
    return isElsewhere === elsewhere ? route : undefined;
  };
}

function compile(profile: Profile): (path: string) => Route | undefined {
  const fixed = new Map<string, Route>([
    [profile.urls.token, { endpoint: 'token' }],
    [profile.urls.jwks, { endpoint: 'jwks' }],
    [profile.urls.openidConfiguration, { endpoint: 'configuration' }],
    ['/.well-known/openid-configuration', { endpoint: 'configuration' }],
  ]);
  // A slash at the end of a line item's path is not doubled before `/scores`.
  const below = profile.urls.lineItem.replace(/\/(\?|$)/, '$1');
  const user = profile.results.userPath ? '(?:/(?<user>[^/]*))?' : '';
  const patterns: [RegExp, ServiceEndpoint][] = [
    [pattern(below, '/scores'), 'scores'],
    [pattern(below, `/results${user}`), 'results'],
    [pattern(profile.urls.lineItem), 'lineItem'],
    [pattern(profile.urls.lineItems), 'lineItems'],
    [pattern(profile.urls.memberships), 'memberships'],
  ];
  return (path) => {
    const known = fixed.get(path);
    if (known) return known;
    for (const [regexp, endpoint] of patterns) {
      const groups = regexp.exec(path)?.groups;
      if (!groups) continue;
      const route: Route = { endpoint };
      if (groups.course !== undefined) route.courseId = decode(groups.course);
      if (groups.item !== undefined) route.itemId = decode(groups.item);
      if (groups.type !== undefined) route.binding = decode(groups.type);
      if (groups.user !== undefined) route.userId = decode(groups.user);
      return route;
    }
    return undefined;
  };
}

function pattern(template: string, suffix = ''): RegExp {
  const path = template.split('?')[0] ?? '';
  const escaped = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}${suffix}$`);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
