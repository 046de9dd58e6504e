import type { SimulatorOptions } from './options.ts';
import { isProfileName, PROFILES, type ProfileName } from './profiles/profiles.ts';
import { isQuirk, type Quirks } from './profiles/quirks/quirks.ts';
import type { CourseInput, UserInput } from './world/inputs.ts';
import { defaultCourses } from './world/seed.ts';

type Env = Record<string, string | undefined>;

/** A variable with a wrong value; the message names it and what is accepted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment of the process; throws `ConfigError`. The names are in the README. */
export function readConfig(env: Env): SimulatorOptions {
  const profile = env.SIMULATOR_PROFILE ?? 'generic';
  if (!isProfileName(profile)) {
    throw new ConfigError(`SIMULATOR_PROFILE must be one of ${Object.keys(PROFILES).join(', ')}`);
  }
  const throttle = env.SIMULATOR_THROTTLE ?? 'on';
  if (throttle !== 'on' && throttle !== 'off') throw new ConfigError('SIMULATOR_THROTTLE must be on or off');
  const courses = readCourses(env, profile);
  return {
    profile,
    host: env.SIMULATOR_HOST ?? '127.0.0.1',
    port: wholeNumber(env, 'SIMULATOR_PORT', 8090, 65_535),
    latencyMs: wholeNumber(env, 'SIMULATOR_LATENCY_MS', 0, 3_600_000),
    ...(env.SIMULATOR_TOKEN_LIFETIME_SECONDS
      ? { tokenLifetimeSeconds: wholeNumber(env, 'SIMULATOR_TOKEN_LIFETIME_SECONDS', 3600, 31_536_000) }
      : {}),
    ...(env.SIMULATOR_PUBLIC_URL ? { publicUrl: url(env, 'SIMULATOR_PUBLIC_URL') } : {}),
    ...(env.SIMULATOR_DATA ? { dataFolder: env.SIMULATOR_DATA } : {}),
    tool: {
      ...(env.SIMULATOR_TOOL_JWKS_URL ? { jwksUrl: url(env, 'SIMULATOR_TOOL_JWKS_URL') } : {}),
      ...(env.SIMULATOR_CLIENT_ID ? { clientId: env.SIMULATOR_CLIENT_ID } : {}),
      ...(env.SIMULATOR_DEPLOYMENT_ID ? { deploymentId: env.SIMULATOR_DEPLOYMENT_ID } : {}),
    },
    ...(courses ? { courses } : {}),
    ...(throttle === 'off' ? { throttle: false } : {}),
    ...(env.SIMULATOR_QUIRKS ? { quirks: readQuirks(env.SIMULATOR_QUIRKS) } : {}),
  };
}

function readCourses(env: Env, profile: ProfileName): CourseInput[] | undefined {
  if (env.SIMULATOR_COURSES) return list<CourseInput>(env.SIMULATOR_COURSES, 'SIMULATOR_COURSES');
  if (!env.SIMULATOR_STUDENTS) return undefined;
  const students = /^\d+$/.test(env.SIMULATOR_STUDENTS)
    ? Number(env.SIMULATOR_STUDENTS)
    : list<UserInput>(env.SIMULATOR_STUDENTS, 'SIMULATOR_STUDENTS');
  return defaultCourses(PROFILES[profile].launch).map((course) => ({ ...course, students }));
}

/** `name=value`, separated by commas. */
function readQuirks(text: string): Quirks {
  const pairs = text.split(',').map((pair) => pair.trim().split('='));
  for (const [name = '', value = ''] of pairs) {
    if (!isQuirk(name, value)) throw new ConfigError(`SIMULATOR_QUIRKS: there is no ${name}=${value}`);
  }
  return Object.fromEntries(pairs) as Quirks;
}

function list<T>(text: string, name: string): T[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigError(`${name} is not JSON`);
  }
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'object' && each !== null)) {
    throw new ConfigError(`${name} must be a JSON array of objects`);
  }
  return value as T[];
}

function wholeNumber(env: Env, name: string, fallback: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (!/^\d+$/.test(text) || Number(text) > max) {
    throw new ConfigError(`${name} must be a whole number from 0 to ${max}`);
  }
  return Number(text);
}

function url(env: Env, name: string): string {
  const text = env[name] ?? '';
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new ConfigError(`${name} must be an http or https URL`);
  return text;
}
