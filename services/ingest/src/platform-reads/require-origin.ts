import type { Platform } from '@gradewire/passback';
import { Problem } from '../http/problem.ts';

/** Platforms can be registered anew with other origins; their tokens go there only. */
export function isOnOrigin({ serviceOrigins }: Pick<Platform, 'serviceOrigins'>, url: string): boolean {
  return serviceOrigins.includes(new URL(url).origin);
}

/**
 * A token goes only to the registered origins of its platform: each of these URLs has to be on one. A name that was not
 * given has no URL.
 * @param urls by pointer, such as `?lineItemUrl`
 * @throws Problem `ORIGIN_NOT_ALLOWED`
 */
export function requireOrigins(platform: Platform, urls: Record<string, string | undefined>): void {
  const errors = Object.entries(urls).flatMap(([pointer, url]) =>
    url === undefined || isOnOrigin(platform, url)
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
