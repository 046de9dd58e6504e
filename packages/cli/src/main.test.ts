import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startFakeGradewire } from './testing/fake-gradewire.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

test('ends well when whoever reads its output stops reading', async () => {
  const child = spawn(process.execPath, ['--conditions=@gradewire/source', main, '--help']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('a file named - is stdin, and Ctrl-C ends waiting for it', async () => {
  await using api = await startFakeGradewire(() => ({ body: { scores: [], unmatched: [] } }));
  const start = () =>
    spawn(
      process.execPath,
      ['--conditions=@gradewire/source', main, 'source', 'test', '-', '--source', 'ci'],
      {
        env: { ...process.env, GRADEWIRE_URL: api.url, GRADEWIRE_API_KEY: 'test-key' },
      },
    );
  const reading = start();
  reading.stdin.end('{"userId":"42"}');
  expect(await once(reading, 'close')).toEqual([0, null]);
  expect(api.seen).toEqual([{ route: 'POST /v1/webhook-sources/ci/test', body: '{"userId":"42"}' }]);

  const waiting = start();
  let stderr = '';
  waiting.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // More than the pipe holds: once it is taken, the process reads, and so listens to signals.
  await new Promise((resolve) => waiting.stdin.write('x'.repeat(1 << 20), resolve));
  waiting.kill('SIGINT');
  const [code, signal] = await once(waiting, 'close');
  expect([code, signal, stderr]).toEqual([130, null, '']);
});
