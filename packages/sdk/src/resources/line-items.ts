import { type CallOptions, PLATFORM_READ_MS, type Send } from '../transport.ts';
import type {
  AdoptedLineItem,
  CourseQuery,
  DuplicateLineItems,
  LineItem,
  LineItemChange,
  LineItemQuery,
  WholeList,
} from '../types/line-item.ts';

const path = '/v1/line-items';
const timeoutMs = PLATFORM_READ_MS;

/** Gradebook columns (role `operate`). All are read and changed on the platform at this moment. */
export function lineItemsResource(send: Send) {
  return {
    list: (query: LineItemQuery, options: CallOptions = {}) =>
      send<WholeList<LineItem>>({ method: 'GET', path, query: { ...query }, timeoutMs, ...options }),

    get: async (platformId: string, lineItemUrl: string, options: CallOptions = {}) => {
      const query = { platformId, lineItemUrl };
      const { data } = await send<WholeList<LineItem>>({ method: 'GET', path, query, timeoutMs, ...options });
      return data[0]!;
    },

    /** The columns of a course that stand for the same work. */
    duplicates: (query: CourseQuery, options: CallOptions = {}) =>
      send<WholeList<DuplicateLineItems>>({
        method: 'GET',
        path: `${path}/duplicates`,
        query: { ...query },
        timeoutMs,
        ...options,
      }),

    /** From now on scores that name a resource or a launch go to this column instead of its duplicates. */
    adopt: (input: CourseQuery & { lineItemUrl: string }, options: CallOptions = {}) =>
      send<AdoptedLineItem>({
        method: 'POST',
        path: `${path}/adopt`,
        body: input,
        repeatable: true,
        timeoutMs,
        ...options,
      }),

    /** Changes what is given and keeps the rest. */
    update: (change: LineItemChange, options: CallOptions = {}) =>
      send<LineItem>({ method: 'PUT', path, body: change, timeoutMs, ...options }),

    /** Refused (409) while it holds grades or scores wait for it, unless `force` is given. */
    delete: (
      { platformId, lineItemUrl, force }: { platformId: string; lineItemUrl: string; force?: boolean },
      options: CallOptions = {},
    ) =>
      send<void>({
        method: 'DELETE',
        path,
        query: { platformId, lineItemUrl, ...(force && { force }) },
        timeoutMs,
        ...options,
      }),
  };
}
