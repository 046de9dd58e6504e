import type { Profile, ThrottleRules } from './profiles/profile.ts';
import type { ProfileName } from './profiles/profiles.ts';
import type { Quirks } from './profiles/quirks/quirks.ts';
import type { ToolInput } from './token/registration.ts';
import type { CourseInput } from './world/inputs.ts';

/** How a simulator is to be; every member has a default, see the README. */
export interface SimulatorOptions {
  profile?: ProfileName | Profile;
  /** Single quirks on top of the profile. */
  quirks?: Quirks;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Base of the URLs handed out; default from host and port. */
  publicUrl?: string;
  tool?: ToolInput;
  courses?: CourseInput[];
  /** The gradebook is kept here over restarts; without it nothing is. */
  dataFolder?: string;
  /** Time every service request takes. Default 0. */
  latencyMs?: number;
  tokenLifetimeSeconds?: number;
  /** `false` switches the profile's throttle off, an object replaces it. */
  throttle?: false | ThrottleRules;
  /** Clock in ms. Default `Date.now`. */
  now?: () => number;
  /** Of faults with a probability. Default 1. */
  seed?: number;
  /** Requests remembered. Default 10,000. */
  requestLogSize?: number;
  /** Changes remembered per student and column. Default 50. */
  history?: number;
}
