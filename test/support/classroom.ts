import { startTestRedis, type TestRedis, type TestRedisOptions } from '@gradewire/local-redis/testing';
import { createSimulator, type Simulator, type SimulatorOptions } from '@gradewire/platform-simulator';
import { type GradewireOptions, type RunningGradewire, startGradewire } from './gradewire.ts';

export const platformId = 'springfield';

/** A Redis, the services as processes, and a learning platform with one course, registered with each other. */
export interface Classroom extends AsyncDisposable {
  readonly redis: TestRedis;
  readonly gradewire: RunningGradewire;
  readonly simulator: Simulator;
  readonly course: Simulator['courses'][number];
}

export interface ClassroomOptions {
  simulator: SimulatorOptions;
  gradewire?: Omit<GradewireOptions, 'redisUrl'>;
  redis?: TestRedisOptions;
  /** More of the platform's registration: limits, say. */
  registration?: Record<string, unknown>;
}

/** Backoffs and probes in milliseconds instead of seconds, so that a test sees many of them. */
export const impatientRetries = {
  GRADEWIRE_RETRY_BASE_MS: '50',
  GRADEWIRE_RETRY_MAX_MS: '1000',
  GRADEWIRE_HOLD_BASE_MS: '100',
  GRADEWIRE_HOLD_MAX_MS: '500',
};

export async function openClassroom(options: ClassroomOptions): Promise<Classroom> {
  const redis = await startTestRedis(options.redis);
  const simulator = await createSimulator(options.simulator);
  const gradewire = await startGradewire({ ...options.gradewire, redisUrl: redis.url });
  simulator.setTool({ jwksUrl: `${gradewire.url}/.well-known/jwks.json` });
  await gradewire.client.platforms.put(platformId, {
    ...simulator.registration,
    ...options.registration,
  } as never);
  return {
    redis,
    gradewire,
    simulator,
    course: simulator.courses[0]!,
    [Symbol.asyncDispose]: async () => {
      await gradewire[Symbol.asyncDispose]();
      await simulator.close();
      await redis.stop();
    },
  };
}
