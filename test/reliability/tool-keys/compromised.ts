import type { Attack, AttackContext, Finding } from '../attack.ts';
import { delivered, handInAlways, justCopied, openSites, renewTokens, tokensOf, wrongs } from './sites.ts';

const second = 1_000;
const minute = 60 * second;

async function removeAtOnce({ long, say }: AttackContext): Promise<Finding> {
  const [cacheMs, schools, deliveries] = long ? [minute, 12, 4] : [6 * second, 3, 2];
  await using room = await openSites({
    sites: [
      { name: 'reloads', keySet: 'unknownKid', keySetLifeMs: 5 * minute, schools },
      { name: 'by-age', keySet: 'ageOnly', keySetLifeMs: cacheMs, schools },
    ],
    tokenLifetimeSeconds: 300,
    deliveries,
  });
  const { gradewire, sites } = room;
  const { toolKeys } = gradewire.client;
  const load = handInAlways(room);
  const broken: string[] = [];
  await renewTokens(room, minute);
  const { kid } = (await toolKeys.list()).data[0]!;

  await justCopied(room, sites[1]!);
  const removedAt = performance.now();
  const replacement = await toolKeys.delete(kid, { replace: true });
  const { keys } = await gradewire.client.jwks();
  if (keys.some((key) => key.kid === kid)) broken.push('the key is still in the key set');
  await renewTokens(room, cacheMs + 2 * minute);
  const renewedMs = performance.now() - removedAt;
  await load.stop();
  await delivered(room, minute);
  const [reloads, byAge] = sites.map(tokensOf);
  say(`${JSON.stringify({ reloads, byAge })}, every platform has a new token after ${renewedMs} ms`);
  if (reloads!.refused > 0) broken.push(`${reloads!.refused} assertions refused where the set is read again`);
  if (long && byAge!.refused === 0) broken.push('no platform went by its old copy: nothing was attacked');
  broken.push(...(await wrongs(room)));
  const signing = (await toolKeys.list()).data.filter(({ state }) => state === 'signing');
  if (signing.map((key) => key.kid).join() !== replacement?.kid) broken.push('another key signs');
  const scores = sites.reduce((sum, { ledger }) => sum + ledger.entries.length, 0);
  return {
    figure: `a signing key removed under ${scores} scores to ${2 * schools} platforms: gone from the key set at once; platforms that look again refused ${reloads!.refused} assertions, those with a copy of ${cacheMs / second} s ${byAge!.refused}; all had a new token after ${Math.round(renewedMs / second)} s; ${broken.length === 0 ? '0 scores failed' : 'not all well'}`,
    broken,
  };
}

export const compromisedAttack: Attack = {
  name: 'tool-key-compromised',
  promise: 'A tool key that others know is removed at once, and no score is lost for it',
  how: 'the signing key deleted and replaced under load, right after a platform has copied our key set, and all tokens revoked; half of the platforms go by the age of their copy alone, and refuse the new key until then',
  run: removeAtOnce,
};
