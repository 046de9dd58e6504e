import { expect, it } from 'vitest';
import { KeyKeeper } from './key-keeper.ts';

type Parts = ConstructorParameters<typeof KeyKeeper>[0];

it('sweeps with who is there and who pins what, tells what it removed, and goes on after a failure', async () => {
  const told: unknown[] = [];
  const swept: unknown[] = [];
  const enough = Promise.withResolvers<void>();
  const results = [['old'], new Error('Redis is away'), []];
  const parts = {
    logger: { info: (event: unknown) => told.push(event), debug: () => undefined },
    platforms: {
      list: async () => ({
        data: [{ id: 'a', toolKeyId: 'pinned' }, { id: 'b' }, { id: 'c', toolKeyId: 'pinned' }],
      }),
    },
    toolKeys: {
      sweep: async (uses: unknown) => {
        swept.push(uses);
        const result = results.shift();
        if (results.length === 0) enough.resolve();
        if (result instanceof Error) throw result;
        return { removed: result ?? [] };
      },
    },
  } as unknown as Parts;
  {
    await using keeper = new KeyKeeper(parts, 1);
    keeper.start();
    await enough.promise;
  }
  const count = swept.length;
  expect(swept[0]).toEqual({
    platformIds: new Set(['a', 'b', 'c']),
    pinnedBy: new Map([['pinned', ['a', 'c']]]),
  });
  expect(told).toEqual([{ event: 'tool-key-removed', kid: 'old' }]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(swept.length).toBe(count);
});
