import type { Profile, ServiceEndpoint } from '../profiles/profile.ts';

export type Endpoint = ServiceEndpoint | 'token' | 'jwks' | 'configuration';

export interface Route {
  endpoint: Endpoint;
  courseId?: string;
  itemId?: string;
  binding?: string;
}

/** Finds the endpoint of a path; undefined when the platform has none there. */
export type MatchRoute = (path: string) => Route | undefined;

/** Compiles the profile's URL templates. A trailing slash is another path. */
export function createRoutes(profile: Profile): MatchRoute {
  const fixed = new Map<string, Route>([
    [profile.urls.token, { endpoint: 'token' }],
    [profile.urls.jwks, { endpoint: 'jwks' }],
    [profile.urls.openidConfiguration, { endpoint: 'configuration' }],
    ['/.well-known/openid-configuration', { endpoint: 'configuration' }],
  ]);
  const patterns: [RegExp, ServiceEndpoint][] = [
    [pattern(profile.urls.lineItem, '/scores'), 'scores'],
    [pattern(profile.urls.lineItem, '/results'), 'results'],
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
