import { findFreePort } from '@gradewire/local-redis/testing';
import { ServiceProcess } from './service-process.ts';

/** A simulated platform in a process of its own, so that it takes no time from the one that measures. */
export interface SimulatorProcess extends AsyncDisposable {
  readonly url: string;
  readonly registration: Record<string, unknown>;
  readonly course: { id: string; lineItemsUrl: string; students: Array<{ userId: string }> };
  readonly process: ServiceProcess;
  /** Calls the control API. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  addLineItem(label: string): Promise<string>;
}

export async function startSimulatorProcess(options: {
  profile: string;
  students: number;
  jwksUrl?: string;
  env?: Record<string, string>;
}): Promise<SimulatorProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const process = new ServiceProcess({
    name: 'simulator',
    entry: 'packages/platform-simulator/src/main.ts',
    env: {
      SIMULATOR_PORT: String(port),
      SIMULATOR_PROFILE: options.profile,
      SIMULATOR_STUDENTS: String(options.students),
      SIMULATOR_THROTTLE: 'off',
      ...(options.jwksUrl ? { SIMULATOR_TOOL_JWKS_URL: options.jwksUrl } : {}),
      ...options.env,
    },
    readyUrl: `${url}/_sim/registration`,
  });
  await process.start();
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/_sim/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} /_sim/${path}: ${response.status} ${await response.text()}`);
    return response.headers.get('content-type')?.includes('json') ? response.json() : undefined;
  };
  const courses = (await control('GET', 'courses')) as
    | SimulatorProcess['course'][]
    | { courses: SimulatorProcess['course'][] };
  return {
    url,
    registration: (await control('GET', 'registration')) as Record<string, unknown>,
    course: (Array.isArray(courses) ? courses : courses.courses)[0]!,
    process,
    control,
    addLineItem: async (label) => {
      const made = (await control('POST', 'line-items', { label, scoreMaximum: 100 })) as {
        lineItemUrl: string;
      };
      return made.lineItemUrl;
    },
    [Symbol.asyncDispose]: () => process.kill(),
  };
}
