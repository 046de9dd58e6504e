import { platformKey } from './keys.ts';

/** All keys of callbacks share one Redis Cluster slot, so that one script can touch all of them. */
export function callbackKey(...parts: string[]): string {
  return platformKey('callbacks', ...parts);
}

/** What a callback's secret is sealed with. */
export function secretContext(callbackId: string): string {
  return `callback ${callbackId}`;
}

/** What the body of an event or a digest is sealed with: it can tell whom a score was sent for. */
export function bodyContext(messageId: string): string {
  return `callback body ${messageId}`;
}
