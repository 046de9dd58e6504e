import { join, resolve } from 'node:path';
import { createGradewire } from '@gradewire/sdk';
import { type Context, defineCommand } from '../command/command.ts';
import { EXIT, type ExitCode } from '../command/exit-code.ts';
import { deliverWithProgress } from '../delivery/deliver-with-progress.ts';
import { needsAttention, type Outcome } from '../delivery/outcome.ts';
import { printOutcomes, summaryOf } from '../delivery/print-outcomes.ts';
import { takeDevLock } from '../dev/dev-lock.ts';
import { type DevState, loadDevState, saveDevState } from '../dev/dev-state.ts';
import { chooseApiPort, chooseOtherPorts } from '../dev/ports.ts';
import { printGradebook } from '../dev/print-gradebook.ts';
import { registerSandbox, sampleScores } from '../dev/sample.ts';
import { GRADESCOPE_MAXIMUM, sandboxAt } from '../dev/sandbox.ts';
import { deathError, type Stack, startStack } from '../dev/stack.ts';
import { curlLines, printWelcome, type Welcome } from '../dev/welcome.ts';
import { workspaceFolder } from '../dev/workspace.ts';

const SAMPLE_TIMEOUT_MS = 60_000;

export const dev = defineCommand({
  words: ['dev'],
  summary: 'Run everything on this machine with a sandbox platform, and deliver a sample class',
  details: `
Starts Redis, ingest, delivery and a sandbox learning platform on loopback, delivers the grades in examples/, and stays
up until Ctrl-C. Data, keys and logs are in .gradewire/ of the clone, so that a second start goes on where the first
ended. PORT moves the API (default 8080). GRADEWIRE_REDIS_URL takes a Redis that runs already.`,
  flags: {
    once: { help: 'stop everything once the class is delivered' },
    data: { value: 'DIR', help: 'keep data, keys and logs here instead' },
  },
  async run(context, { once, data }) {
    const folder = resolve(data ?? join(workspaceFolder, '.gradewire'));
    const apiPort = await chooseApiPort(context.env.PORT);
    await using _lock = await takeDevLock(join(folder, 'dev.lock'), apiPort);
    const state = await prepareState(join(folder, 'dev.json'), apiPort);
    await using stack = await startStack({
      ...context,
      folder,
      apiPort,
      state,
      log: (line) => context.err.line(line),
    });
    const ended = await Promise.race([useStack(stack, state, context, once === true), stack.died]);
    if (typeof ended === 'object') {
      context.err.line(`${ended.name} ${ended.how}. Stopping the rest…`);
      throw deathError(ended);
    }
    return ended;
  },
});

/** Goes on with the secrets and ports of earlier starts. */
async function prepareState(file: string, apiPort: number): Promise<DevState> {
  const loaded = await loadDevState(file, Date.now());
  const state = { ...loaded, ports: await chooseOtherPorts(loaded.ports, apiPort) };
  await saveDevState(file, state);
  return state;
}

async function useStack(stack: Stack, state: DevState, context: Context, once: boolean): Promise<ExitCode> {
  const { outcomes, welcome } = await deliverSample(stack, state, context);
  if (context.json) context.out.line(JSON.stringify({ ...welcome, curl: curlLines(welcome), outcomes }));
  else printWelcome(welcome, context.out);
  if (once) return outcomes.some(needsAttention) ? EXIT.notDelivered : EXIT.ok;
  if (!context.json) context.out.line(`\n${context.out.paint('bold', 'Running.')} Ctrl-C stops all of it.`);
  await aborted(context.signal);
  context.err.line('Stopping…');
  return EXIT.ok;
}

/** Delivers the class and shows the gradebook that came of it. */
async function deliverSample(
  { urls }: Stack,
  state: DevState,
  context: Context,
): Promise<{ outcomes: Outcome[]; welcome: Welcome }> {
  const { signal, out, json } = context;
  const gradewire = createGradewire({ baseUrl: urls.api, apiKey: state.adminKey });
  const sandbox = sandboxAt(urls.sandbox, signal);
  await registerSandbox(gradewire, await sandbox.registration(), signal);
  const [course] = await sandbox.courses();
  const lineItemUrl = course?.resourceLinks[0]?.lineItemUrl;
  const userId = course?.students[0]?.userId;
  if (!course || !lineItemUrl || !userId) throw new Error('the sandbox has no course, column or student');

  const scores = await sampleScores(course, state.sampleGradedAt);
  const outcomes = await deliverWithProgress(
    { ...context, gradewire: () => gradewire },
    scores,
    SAMPLE_TIMEOUT_MS,
  );
  if (!json) {
    if (outcomes.some(needsAttention)) printOutcomes(outcomes.filter(needsAttention), out);
    out.line(`${summaryOf(outcomes, out)}\n`);
    printGradebook(course, await sandbox.lineItems(), out);
  }
  const publicKey = await fetch(`${urls.api}/.well-known/public-key.pem`, { signal });
  const example = { lineItemUrl, userId, scoreMaximum: GRADESCOPE_MAXIMUM };
  return {
    outcomes,
    welcome: {
      urls,
      apiKey: state.adminKey,
      jwks: await gradewire.jwks({ signal }),
      publicKeyPem: await publicKey.text(),
      example,
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
