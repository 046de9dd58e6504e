import { expect, it } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { Script } from './script.ts';

const store = useTestRedis();

it('takes more arguments than a call has room for on the stack, whether Redis knows the script or not', async () => {
  const args = Array.from({ length: 150_000 }, (_, i) => i);
  const count = new Script('return #ARGV');
  expect(await count.run(store.redis, 'key', args)).toBe(150_000);
  expect(await count.run(store.redis, 'key', args)).toBe(150_000);
});
