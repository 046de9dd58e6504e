import { expect, it } from 'vitest';
import type { Attack } from './attack.ts';

const limitMs = 120_000;

/** Runs the short form of each attack as a test. GRADEWIRE_SEED repeats the chance of an earlier run. */
export function testShortForms(attacks: readonly Attack[]): void {
  for (const attack of attacks) {
    it(
      `${attack.promise} (${attack.name})`,
      async () => {
        const seed = Number(process.env.GRADEWIRE_SEED ?? Math.floor(Math.random() * 2 ** 31));
        const { figure, broken } = await attack.run({ long: false, seed, say: () => undefined });
        process.stderr.write(`${attack.name}: ${figure} (seed ${seed})\n`);
        expect(broken, `${attack.how}; GRADEWIRE_SEED=${seed}`).toEqual([]);
      },
      limitMs,
    );
  }
}
