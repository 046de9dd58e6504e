import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import * as webhooks from './index.ts';

test('the example of the README runs', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const program = code!.replace("import { signWebhook, verifyWebhook } from '@gradewire/webhooks';", '');
  const log = vi.fn();
  new Function('signWebhook', 'verifyWebhook', 'console', program)(
    webhooks.signWebhook,
    webhooks.verifyWebhook,
    { log },
  );
  expect(log).toHaveBeenCalledWith({ ok: true, deliveryKey: 'id:msg_1' });
});
