import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { ServiceProcess } from '../../support/service-process.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { delivered, handInAlways, openSites, renewTokens, tokensOf, wrongs } from './sites.ts';

const second = 1_000;
const minute = 60 * second;

async function change({ long, say }: AttackContext): Promise<Finding> {
  const [schools, deliveries] = long ? [24, 4] : [4, 2];
  const [oldKey, newKey] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  await using room = await openSites({
    sites: [{ name: 'school', keySet: 'unknownKid', keySetLifeMs: 5 * minute, schools }],
    tokenLifetimeSeconds: 300,
    deliveries,
    env: { GRADEWIRE_ENCRYPTION_KEY: oldKey },
  });
  const { gradewire, redis, sites } = room;
  const { client } = gradewire;
  const load = handInAlways(room);
  const broken: string[] = [];
  await renewTokens(room, minute);
  const before = await client.jwks();

  const processes: readonly ServiceProcess[] = [...gradewire.deliveries, ...gradewire.ingests];
  const restartAll = async (env: Record<string, string>, midway?: () => Promise<void>) => {
    for (const [i, process] of processes.entries()) {
      process.changeEnv(env);
      const code = await process.stop();
      if (code !== 0) broken.push(`${process.name} ended with ${code}`);
      await process.start();
      // Some run with the new key already, some do not yet: each has to do with what the others sealed.
      if (i === 0) await midway?.();
    }
  };
  await restartAll({ GRADEWIRE_ENCRYPTION_KEY: newKey, GRADEWIRE_ENCRYPTION_KEY_PREVIOUS: oldKey }, () =>
    renewTokens(room, minute),
  );
  const { resealed, previousKey } = await client.encryptionKey.reseal();
  say(`${resealed} secrets sealed anew`);
  if (resealed !== 1) broken.push(`${resealed} secrets were sealed anew, not the one key`);
  if (!previousKey?.mayBeRemoved) broken.push('the previous key is said to be needed still');
  await restartAll({ GRADEWIRE_ENCRYPTION_KEY_PREVIOUS: '' });
  await renewTokens(room, minute);
  await load.stop();
  await delivered(room, minute);

  const { keyName } = await client.encryptionKey.status();
  const store = new Redis(redis.url);
  const sealed = await store.hvals('gw:tool-keys');
  store.disconnect();
  if (!sealed.every((json) => json.includes(`.${keyName}"`)))
    broken.push('a key is not sealed with the new key');
  if (JSON.stringify(await client.jwks()) !== JSON.stringify(before)) broken.push('the key set has changed');
  broken.push(...(await wrongs(room)));
  const [tokens] = sites.map(tokensOf);
  if (tokens!.refused > 0) broken.push(`${tokens!.refused} assertions were refused`);
  return {
    figure: `${2 * processes.length} restarts under ${sites[0]!.ledger.entries.length} scores to ${schools} platforms: the same tool key throughout, ${tokens!.issued} tokens, ${tokens!.refused} assertions refused, ${broken.length === 0 ? '0 scores failed' : 'not all well'}`,
    broken,
  };
}

export const encryptionKeyAttack: Attack = {
  name: 'encryption-key-change',
  promise: 'The encryption key is changed without a failed score, and the old one is not needed afterwards',
  how: 'all processes restarted one after another under load: with the new key and the old one beside it, then without the old one; tokens revoked while some have the new key and some do not',
  run: change,
};
