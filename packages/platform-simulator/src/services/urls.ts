import type { HostedElsewhere, Profile } from '../profiles/profile.ts';
import type { LineItem } from '../world/types.ts';

/** Every URL the platform hands out, from the profile's templates. */
export class PlatformUrls {
  readonly base: string;
  readonly #elsewhere: string;
  readonly #profile: Profile;
  readonly #type: string;

  /** @param elsewhere base of what the profile has on another host; default: all on one */
  constructor(base: string, profile: Profile, deploymentId: string, elsewhere = base) {
    this.base = base.replace(/\/$/, '');
    this.#elsewhere = elsewhere.replace(/\/$/, '');
    this.#profile = profile;
    this.#type = deploymentId;
  }

  /** Whether something is on another host than the rest. */
  get isSplit(): boolean {
    return this.#elsewhere !== this.base;
  }
  get issuer(): string {
    return this.#profile.issuer ?? this.base;
  }
  /** Where line items, scores, results and rosters are. */
  get serviceOrigins(): string[] {
    return [...new Set([this.base, this.#baseOf('lineItem')].map((url) => new URL(url).origin))];
  }
  get token(): string {
    return this.#fill(this.#profile.urls.token, '', '', 'token');
  }
  get jwks(): string {
    return this.#fill(this.#profile.urls.jwks, '', '', 'jwks');
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
    return this.#fill(this.#profile.urls.lineItem, courseId, item.id, 'lineItem');
  }
  memberships(courseId: string): string {
    return this.#fill(this.#profile.urls.memberships, courseId);
  }

  #baseOf(part: HostedElsewhere): string {
    return this.#profile.elsewhere?.includes(part) ? this.#elsewhere : this.base;
  }

  #fill(template: string, course = '', item = '', part?: HostedElsewhere): string {
    return (
      (part ? this.#baseOf(part) : this.base) +
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
  const below = path.replace(/\/$/, '') + suffix;
  return query === undefined ? below : `${below}?${query}`;
}

/** Adds a parameter to a URL that may have a query already. */
export function withParameter(url: string, name: string, value: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}

function splitOnce(value: string, separator: string): [string, string | undefined] {
  const at = value.indexOf(separator);
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
}
