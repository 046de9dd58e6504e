import { setTimeout as delay } from 'node:timers/promises';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { delivered, handInAlways, justCopied, openSites, renewTokens, tokensOf, wrongs } from './sites.ts';

const second = 1_000;
const minute = 60 * second;

async function rotate({ long, say }: AttackContext): Promise<Finding> {
  const [rotations, cacheMs, schools, deliveries] = long ? [3, minute, 12, 4] : [1, 2 * second, 4, 2];
  await using room = await openSites({
    sites: [
      { name: 'reloads', keySet: 'unknownKid', keySetLifeMs: 5 * minute, schools },
      { name: 'by-age', keySet: 'ageOnly', keySetLifeMs: cacheMs, schools },
    ],
    tokenLifetimeSeconds: 60,
    deliveries,
  });
  const { gradewire, sites } = room;
  const { toolKeys } = gradewire.client;
  const load = handInAlways(room);
  const broken: string[] = [];
  await renewTokens(room, minute);
  for (let rotation = 1; rotation <= rotations; rotation += 1) {
    // The worst moment: a copy of which the new key just misses being part.
    await justCopied(room, sites[1]!);
    const signsFromMs = Date.now() + cacheMs + 6 * second;
    const { kid } = await toolKeys.rotate({ signsFrom: new Date(signsFromMs).toISOString() });
    await delay(Math.max(0, signsFromMs - Date.now()));
    const { data } = await toolKeys.list();
    const signing = data.filter(({ state }) => state === 'signing').map((key) => key.kid);
    if (signing.join() !== kid) broken.push(`${signing.join()} signs, not ${kid}`);
    await renewTokens(room, minute);
    say(`rotation ${rotation}: every platform has a token that ${kid} asked for`);
  }
  // Without the keys of before: it is the new one that has been signing.
  for (const { kid, state } of (await toolKeys.list()).data)
    if (state === 'retired') await toolKeys.delete(kid);
  await load.stop();
  await delivered(room, minute);
  broken.push(...(await wrongs(room)));
  const tokens = sites.map(tokensOf);
  for (const [i, { refused }] of tokens.entries()) {
    if (refused > 0) broken.push(`${sites[i]!.name} refused ${refused} assertions`);
  }
  const scores = sites.reduce((sum, { ledger }) => sum + ledger.entries.length, 0);
  const issued = tokens.reduce((sum, token) => sum + token.issued, 0);
  const refused = tokens.reduce((sum, token) => sum + token.refused, 0);
  return {
    figure: `${rotations} rotations under ${scores} scores to ${2 * schools} platforms, ${deliveries} workers: ${issued} tokens, ${refused} assertions refused, ${broken.length === 0 ? '0 scores failed' : 'not all well'}`,
    broken,
  };
}

export const rotationAttack: Attack = {
  name: 'tool-key-rotation',
  promise: 'A tool key is rotated without a failed score',
  how: 'rotations under load, each right after a platform has copied our key set; half of the platforms look again for a key they do not know, half go by the age of their copy alone; all tokens revoked before and after the new key begins to sign',
  run: rotate,
};
