// `node healthcheck.mjs URL`: exit 0 when URL answers 2xx within 4 s, else 1. The images hold no curl.
const [url] = process.argv.slice(2);
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
