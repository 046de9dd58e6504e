import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { createSimulator, type ProfileName, type Simulator } from '@gradewire/platform-simulator';
import type { ScoreInput } from '@gradewire/sdk';
import { type GradewireOptions, type RunningGradewire, startGradewire } from './gradewire.ts';

/** A Redis, the services as processes, and one simulator that is registered as many platforms, one course each. */
export interface Schools extends AsyncDisposable {
  readonly redis: TestRedis;
  readonly gradewire: RunningGradewire;
  readonly simulator: Simulator;
}

/** One of the platforms: its course, and a column in it. */
export interface School {
  platformId: string;
  courseId: string;
  lineItemUrl: string;
  students: string[];
}

export async function openSchools(options: {
  /** @default 'generic' */
  profile?: ProfileName;
  /** Course ids and how many students each has. */
  courses: readonly { id: string; students: number }[];
  gradewire?: Omit<GradewireOptions, 'redisUrl'>;
}): Promise<Schools> {
  const redis = await startTestRedis();
  const simulator = await createSimulator({
    profile: options.profile ?? 'generic',
    throttle: false,
    courses: [...options.courses],
    requestLogSize: 50_000,
    history: 2,
  });
  const gradewire = await startGradewire({ ...options.gradewire, redisUrl: redis.url });
  simulator.setTool({ jwksUrl: `${gradewire.url}/.well-known/jwks.json` });
  return {
    redis,
    gradewire,
    simulator,
    [Symbol.asyncDispose]: async () => {
      await gradewire[Symbol.asyncDispose]();
      await simulator.close();
      await redis.stop();
    },
  };
}

/** Registers a course of the simulator as a platform of its own, by an issuer of its own, and makes a column there. */
export async function registerSchool(
  { gradewire, simulator }: Pick<Schools, 'gradewire' | 'simulator'>,
  courseId: string,
  limits: { concurrency?: number; ratePerSecond?: number } = {},
): Promise<School> {
  const platformId = `school-${courseId}`;
  const { registration } = simulator;
  await gradewire.client.platforms.put(platformId, {
    ...registration,
    issuer: `${registration.issuer}/${platformId}`,
    // Schools have nothing to do with each other, although they are one client of one simulator here.
    limitGroup: platformId,
    limits,
  } as never);
  const course = simulator.courses.find(({ id }) => id === courseId);
  if (!course) throw new Error(`there is no course ${courseId}`);
  return {
    platformId,
    courseId,
    lineItemUrl: simulator.addLineItem(courseId, { label: 'Quiz', scoreMaximum: 100 }),
    students: course.students.map(({ userId }) => userId),
  };
}

/** A score that a ledger can compare; `number` picks the student. */
export function schoolScore(school: School, number: number, scoreGiven: number): ScoreInput {
  return {
    platformId: school.platformId,
    userId: school.students[number % school.students.length]!,
    target: { lineItemUrl: school.lineItemUrl },
    scoreGiven,
    scoreMaximum: 100,
    timestamp: new Date().toISOString(),
  };
}

/** Runs `work` for each item, so many at once. */
export async function eachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const take = async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, take));
}
