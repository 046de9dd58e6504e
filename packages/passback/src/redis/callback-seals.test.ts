import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { callbackInput, newSecret, ok, useCallbackStores } from '../testing/callback-fixture.ts';
import { CallbackDigests } from './callback-digests.ts';
import { SecretBox } from './secret-box.ts';

const stores = useCallbackStores();

it('a new encryption key takes over secrets, bodies that wait and bodies that were sent', async () => {
  const secrets = [newSecret(), newSecret()];
  await stores.store().put('app', callbackInput({ secret: secrets[0] }));
  await stores.store().put('app', callbackInput({ secret: secrets[1] }));
  await stores.store().put('sum', callbackInput({ form: 'digest' }));
  await stores.units().store('p', [stores.event(['app', 'sum']), stores.event(['app', 'sum'])]);
  const [sent] = (await stores.units().take('app', 1))!.units;
  await stores.units().settle('app', sent!, ok);

  const fresh = randomBytes(32);
  const between = new SecretBox(fresh, stores.key);
  expect(await stores.store(between).sealCounts()).toEqual({ current: 0, previous: 7, unknown: 0 });
  expect(await stores.store(between).reseal()).toBe(7);
  expect(await stores.store(between).reseal()).toBe(0);

  const after = new SecretBox(fresh);
  expect(await stores.store(after).sealCounts()).toEqual({ current: 7, previous: 0, unknown: 0 });
  const units = stores.units({ box: after });
  const taken = (await units.take('app', 9))!;
  expect(taken.secrets).toEqual(secrets.toReversed());
  expect(taken.units.map(({ body }) => JSON.parse(body).type)).toEqual(['score.delivered']);
  await stores.store(after).resend('app', { deliveryId: sent!.id });
  expect((await units.take('app', 9))!.units[0]!.body).toBe(sent!.body);
  stores.time.shift += 10_001;
  expect(
    await new CallbackDigests({ redis: stores.redis, box: after, clockShiftMs: () => stores.time.shift }).cut(
      'sum',
    ),
  ).toBe(1);
});

it('an event that no key opens waits for the right one, and keeps no digest of others back', async () => {
  await stores.store().put('sum', callbackInput({ form: 'digest' }));
  const foreign = stores.units({ box: new SecretBox(randomBytes(32)) });
  await stores.units().store('p', [stores.event(['sum'])]);
  await foreign.store('p', [stores.event(['sum'])]);
  await stores.units().store('p', [stores.event(['sum'])]);
  stores.time.shift += 10_001;
  expect(await stores.digests().cut('sum')).toBe(2);
  const taken = (await stores.units().take('sum', 9))!;
  expect(taken.units.map(({ body }) => JSON.parse(body).data.events.length)).toEqual([2]);
  expect(taken.unreadable).toBe(1);
});

it('a secret that no key opens is told, and putting a new one heals it', async () => {
  await stores.store().put('app', callbackInput());
  const other = new SecretBox(randomBytes(32));
  expect(await stores.store(other).sealCounts()).toEqual({ current: 0, previous: 0, unknown: 1 });
  await expect(stores.units({ box: other }).take('app', 1)).rejects.toThrow();
  const secret = newSecret();
  await stores.store(other).put('app', callbackInput({ secret }));
  expect((await stores.units({ box: other }).take('app', 1))!.secrets).toEqual([secret]);
});
