import type { Platform } from '@gradewire/passback';
import { Problem } from '../http/problem.ts';

/**
 * A token goes only to the registered origins of its platform: each of these URLs has to be on one. A name that was not
 * given has no URL.
 * @param urls by pointer, such as `?lineItemUrl`
 * @throws Problem `ORIGIN_NOT_ALLOWED`
 */
export function requireOrigins(platform: Platform, urls: Record<string, string | undefined>): void {
  const errors = Object.entries(urls).flatMap(([pointer, url]) =>
    url === undefined || platform.serviceOrigins.includes(new URL(url).origin)
      ? []
      : [
          {
            pointer,
            detail: `is not on an origin of this platform (${platform.serviceOrigins.join(', ')})`,
          },
        ],
  );
  if (errors.length > 0) throw new Problem('ORIGIN_NOT_ALLOWED', { errors });
}
