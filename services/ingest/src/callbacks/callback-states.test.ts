import type { CallbackView } from '@gradewire/passback';
import { expect, it } from 'vitest';
import { readCallbackStates } from './callback-states.ts';

const view = (id: string, pending: number, status: CallbackView['status'] = 'active') =>
  ({ id, pending, status }) as CallbackView;
/** Two to a page. */
const storeOf = (all: CallbackView[]) => ({
  callbacks: {
    list: async ({ cursor = '0' }: { cursor?: string }) => {
      const next = Number(cursor) + 2;
      return { data: all.slice(next - 2, next), ...(next < all.length && { nextCursor: String(next) }) };
    },
  } as never,
});
const all = [view('a', 1), view('b', 0, 'failing'), view('c', 3, 'disabled'), view('d', 4, 'disabled')];

it('every callback is told, page by page', async () => {
  expect(await readCallbackStates(storeOf(all))).toEqual([
    { callback: 'a', pending: 1, disabled: 0 },
    { callback: 'b', pending: 0, disabled: 0 },
    { callback: 'c', pending: 3, disabled: 1 },
    { callback: 'd', pending: 4, disabled: 1 },
  ]);
  expect(await readCallbackStates(storeOf([]))).toEqual([]);
});

it('those beyond the limit are told as one', async () => {
  expect(await readCallbackStates(storeOf(all), 1)).toEqual([
    { callback: 'a', pending: 1, disabled: 0 },
    { callback: 'other', pending: 7, disabled: 2 },
  ]);
});
