import { PROFILES, type ProfileName } from '@gradewire/platform-simulator';
import { expect, it } from 'vitest';
import type { Attack } from './attack.ts';
import { turns } from './turns.ts';

/** For a machine ten times slower than it should be. */
const limitMs = 300_000;

/**
 * Runs the short form of each attack as a test, on the platform whose turn it is there. GRADEWIRE_SEED repeats the chance of
 * an earlier run, GRADEWIRE_PROFILE chooses another platform.
 */
export function testShortForms(attacks: readonly Attack[]): void {
  for (const attack of attacks) {
    it(
      `${attack.promise} (${attack.name})`,
      async () => {
        const seed = Number(process.env.GRADEWIRE_SEED ?? Math.floor(Math.random() * 2 ** 31));
        const profile = platformFor(attack);
        const { figure, broken } = await attack.run({ long: false, seed, profile, say: () => undefined });
        const where = attack.profile ? ` on ${profile}` : '';
        process.stderr.write(`${attack.name}${where}: ${figure} (seed ${seed})\n`);
        expect(broken, `${attack.how}${where}; GRADEWIRE_SEED=${seed}`).toEqual([]);
      },
      limitMs,
    );
  }
}

function platformFor({ name, profile = 'generic' }: Attack): ProfileName {
  const asked = process.env.GRADEWIRE_PROFILE;
  if (asked !== undefined && Object.hasOwn(PROFILES, asked)) return asked as ProfileName;
  return turns[name] ?? profile;
}
