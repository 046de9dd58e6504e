import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { markRun, runningIn } from './support/test-run.ts';

const patienceMs = 20_000;
const firstRedis = fileURLToPath(new URL('./support/first-redis.ts', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    redis: string;
  }
}

/**
 * Runs once around all test files. The Redis for tests is fetched here, if it has to be, so that no test waits for that;
 * and what the tests started must have ended with them.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  markRun();
  // A process of its own: this one was started without the condition that takes our packages by their sources.
  const child = spawn(process.execPath, ['--conditions=@gradewire/source', firstRedis], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told = await text(child.stdout);
  if (told === '') throw new Error('there is no Redis for the tests');
  const { kind, how } = JSON.parse(told) as { kind: string; how: string };
  process.env.GRADEWIRE_TEST_REDIS = kind;
  project.provide('redis', how);
  return nothingIsLeft;
}

/** Ends what the run left behind, and fails the run for it. */
async function nothingIsLeft(): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let left = await runningIn(process.pid);
  while (left.length > 0 && performance.now() < deadline) {
    await delay(100);
    left = await runningIn(process.pid);
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  if (left.length > 0) {
    const lines = left.map(({ pid, commandLine }) => `${pid} ${commandLine}`);
    throw new Error(`the tests left processes running:\n${lines.join('\n')}`);
  }
}
