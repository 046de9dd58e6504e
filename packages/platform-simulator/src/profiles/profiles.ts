import { blackboard } from './blackboard/blackboard.ts';
import { brightspace } from './brightspace/brightspace.ts';
import { canvas } from './canvas/canvas.ts';
import { generic } from './generic/generic.ts';
import { moodle } from './moodle/moodle.ts';
import { openedx } from './openedx/openedx.ts';
import type { Profile } from './profile.ts';
import { sakai } from './sakai/sakai.ts';
import { schoology } from './schoology/schoology.ts';

/** The vendors there are tables for. */
export const PROFILES = {
  canvas,
  moodle,
  blackboard,
  brightspace,
  schoology,
  sakai,
  openedx,
  generic,
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name);
}
