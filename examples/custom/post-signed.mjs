// Posts a file as a sender with a signature of its own would: the HMAC of the bytes, in a header.
//   QUIZ_SECRET=... node post-signed.mjs https://grades.example/v1/webhooks/quizzes quiz-finished.json
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const [url, file] = process.argv.slice(2);
const body = await readFile(file);
const signature = createHmac('sha256', process.env.QUIZ_SECRET).update(body).digest('hex');
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-quiz-signature': `sha256=${signature}` },
  body,
});
console.log(response.status, await response.text());
process.exitCode = response.ok ? 0 : 1;
