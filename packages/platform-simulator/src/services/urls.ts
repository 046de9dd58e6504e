import type { Profile } from '../profiles/profile.ts';
import type { LineItem } from '../world/types.ts';

/** Every URL the platform hands out, from the profile's templates. */
export class PlatformUrls {
  readonly base: string;
  readonly #profile: Profile;
  readonly #type: string;

  constructor(base: string, profile: Profile, deploymentId: string) {
    this.base = base.replace(/\/$/, '');
    this.#profile = profile;
    this.#type = deploymentId;
  }

  get token(): string {
    return this.#fill(this.#profile.urls.token);
  }
  get jwks(): string {
    return this.#fill(this.#profile.urls.jwks);
  }
  get openidConfiguration(): string {
    return this.#fill(this.#profile.urls.openidConfiguration);
  }
  get authorization(): string {
    return this.#fill(this.#profile.urls.authorization);
  }
  lineItems(courseId: string): string {
    return this.#fill(this.#profile.urls.lineItems, courseId);
  }
  /** `courseId` is the path's: where a platform serves an item under any course, the id follows the path. */
  lineItem(item: LineItem, courseId = item.courseId): string {
    return this.#fill(this.#profile.urls.lineItem, courseId, item.id);
  }
  memberships(courseId: string): string {
    return this.#fill(this.#profile.urls.memberships, courseId);
  }

  #fill(template: string, course = '', item = ''): string {
    return (
      this.base +
      template
        .replace('{course}', encodeURIComponent(course))
        .replace('{item}', encodeURIComponent(item))
        .replace('{type}', encodeURIComponent(this.#type))
    );
  }
}

/** Appends to the path of a URL, before its query. */
export function appendPath(url: string, suffix: string): string {
  const [path, query] = splitOnce(url, '?');
  return query === undefined ? path + suffix : `${path}${suffix}?${query}`;
}

/** Adds a parameter to a URL that may have a query already. */
export function withParameter(url: string, name: string, value: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}

function splitOnce(value: string, separator: string): [string, string | undefined] {
  const at = value.indexOf(separator);
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
}
