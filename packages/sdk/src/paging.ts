import type { Page } from './types/page.ts';

/**
 * Walks a list page by page and yields its rows, fetching a page only when its first row is asked for. Empty pages in between
 * are passed over; a cursor that repeats ends the walk.
 */
export async function* allPages<T>(
  load: (cursor: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void> {
  let cursor: string | undefined;
  do {
    const page: Page<T> = await load(cursor);
    yield* page.data;
    const next = page.nextCursor ?? undefined;
    cursor = next === cursor ? undefined : next;
  } while (cursor);
}
