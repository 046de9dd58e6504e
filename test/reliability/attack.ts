import type { ProfileName, SimulatorOptions } from '@gradewire/platform-simulator';

/** What an attack is told: how hard to try, and where its chance begins. */
export interface AttackContext {
  /** The full numbers of docs/reliability.md; else a form short enough for every test run. */
  long: boolean;
  seed: number;
  /** Whose platform is attacked, by attacks that are about no vendor in particular. */
  profile: ProfileName;
  say: (text: string) => void;
}

/** What an attack found. The promise holds when `broken` is empty. */
export interface Finding {
  /** The measured figure, in words that stand beside the promise: "10,000 scores, 20 kills: 0 lost". */
  figure: string;
  /** Each way in which the promise did not hold. */
  broken: string[];
}

/** One promise, and one attempt to break it. */
export interface Attack {
  /** Names it on the command line: `npm run reliability -- NAME`. */
  name: string;
  /** The promise, as docs/reliability.md says it. */
  promise: string;
  /** How it is attacked. */
  how: string;
  /** The platform it runs on unless another one is asked for. None: it is about one vendor, or about none. */
  profile?: ProfileName;
  run(context: AttackContext): Promise<Finding>;
}

/** A simulator of this vendor without its throttle, which is another attack's business. */
export function platformOf({ profile }: Pick<AttackContext, 'profile'>): SimulatorOptions {
  return { profile, throttle: false };
}
