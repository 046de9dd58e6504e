import type { PlatformAnswer } from '@gradewire/ags';
import { deliverCell } from '../deliver-cell.ts';
import { answer, platformOf, type Script, scripted } from './fakes.ts';

export const moodle = platformOf({ profile: 'moodle' });
export const canvas = platformOf({ profile: 'canvas' });
export const ok = answer(200);

/** Works on one cell of a platform that answers as scripted; returns what was asked of whom, and how it was settled. */
export async function run(
  script: Script,
  { platform = platformOf(), probe = false, cell = 'column.user' } = {},
) {
  const { parts, asked, clock, send } = scripted(script);
  const turn = { ready: async () => undefined, send, pace: () => undefined };
  const delivery = await deliverCell(parts, { platform, cell, probe, turn });
  return { delivery, clock, asked, settlements: asked.settles.map((settle) => settle.settlement) };
}

export const bodyOf = (request: { body?: string } | undefined) => JSON.parse(request?.body ?? '{}');

/** Results as a platform lists them. */
export const result = (...results: object[]): PlatformAnswer => answer(200, results, { stage: 'result' });
