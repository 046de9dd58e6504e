import { canvas } from './canvas/canvas.ts';
import { generic } from './generic/generic.ts';
import { moodle } from './moodle/moodle.ts';
import type { Profile } from './profile.ts';

/** The vendors there are tables for. */
export const PROFILES = { canvas, moodle, generic } satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name);
}
