import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readText, root } from './repository.ts';

// There may be no Docker where this runs, so the build stage's own commands run in a copy of what the build would see.
const commands = [...readText('infra/docker/Dockerfile').matchAll(/^RUN ((?:.*\\\n)*.*)$/gm)]
  .map((match) => match[1]!.replaceAll('\\\n', ' '))
  .filter((command) => !/npm install --global|pnpm fetch/.test(command));

let folder: string;
let out: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-image-'));
  out = join(folder, 'out');
  const repository = join(folder, 'repo');
  const ignored = /^(\.git|\.ci|\.gradewire|docs|examples|test\/.+(?<!\/package\.json|\/turbo\.json))$/;
  const generated = new Set(['node_modules', 'dist', '.turbo', 'coverage']);
  await cp(root, repository, {
    recursive: true,
    filter: (source) => !generated.has(basename(source)) && !ignored.test(relative(root, source)),
  });
  for (const command of commands) {
    await promisify(execFile)('sh', ['-ec', command.replaceAll('/out/', `${out}/`)], {
      cwd: repository,
      env: { ...process.env, CI: 'true', TURBO_TELEMETRY_DISABLED: '1', NODE_OPTIONS: '' },
    });
  }
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what the images hold', () => {
  test('commands of the build stage were found and run', () => {
    expect(commands.join('\n')).toMatch(/pnpm install --frozen-lockfile --offline && pnpm build/);
  });

  test.each(['ingest', 'delivery', 'sandbox'])(
    '%s holds built code and no sources or tests',
    async (name) => {
      const files = await readdir(join(out, name, 'dist'), { recursive: true });
      expect(files).toContain('main.js');
      expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
      expect(await readdir(join(out, name))).not.toContain('src');
      const ours = await readdir(join(out, name, 'node_modules/@gradewire')).catch(() => []);
      for (const dependency of ours) {
        const inside = await readdir(join(out, name, 'node_modules/@gradewire', dependency));
        expect(inside).toContain('dist');
        expect(inside).not.toContain('src');
      }
    },
  );

  test.each(['ingest', 'delivery'])(
    '%s starts as far as its configuration, and says what is missing',
    async (name) => {
      const run = promisify(execFile)(process.execPath, ['dist/main.js'], {
        cwd: join(out, name),
        env: { PATH: process.env.PATH },
        timeout: 60_000,
      });
      const failure = (await run.catch((error: unknown) => error)) as {
        code: number;
        stdout: string;
        stderr: string;
      };
      expect(failure.code).toBe(1);
      expect(failure.stdout + failure.stderr).toContain('GRADEWIRE_REDIS_URL');
    },
  );
});
