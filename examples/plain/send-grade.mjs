// Sends one grade to a webhook source of the scheme `standard`, signed as standardwebhooks.com describes. Node 18 or newer,
// nothing else.
//   GRADEWIRE_WEBHOOK=https://grades.example/v1/webhooks/cs101 GRADEWIRE_SECRET=whsec_... node send-grade.mjs ada@school.example 17 20
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const { GRADEWIRE_WEBHOOK: url, GRADEWIRE_SECRET: secret = '' } = process.env;
const [email, given, maximum] = process.argv.slice(2);

const body = JSON.stringify({
  user: { email },
  scoreGiven: Number(given),
  scoreMaximum: Number(maximum),
  timestamp: new Date().toISOString(),
});
const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
// The same id on every try: what arrived and was not answered is not taken for another grade.
const id = randomUUID();

for (let attempt = 1; ; attempt += 1) {
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  }).catch(() => undefined);
  if (response?.ok) {
    console.log(await response.text());
    break;
  }
  const worthwhile = response === undefined || response.status === 429 || response.status >= 500;
  if (!worthwhile || attempt === 8) {
    console.error(response ? `${response.status} ${await response.text()}` : 'no answer');
    process.exitCode = 1;
    break;
  }
  await delay(2 ** attempt * 500);
}
