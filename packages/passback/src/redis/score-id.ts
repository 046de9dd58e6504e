import { randomBytes } from 'node:crypto';

const pattern = /^sc_([a-z0-9][a-z0-9-]{0,62})_([0-9a-z]{8,9}[0-9a-f]{20})$/;

/** A new score id: it names its platform, so that no index is needed to find the record, and sorts by time. */
export function newScoreId(platformId: string, nowMs: number): string {
  return `sc_${platformId}_${nowMs.toString(36).padStart(9, '0')}${randomBytes(10).toString('hex')}`;
}

/** The platform that a score id names, or undefined when it is not a score id. */
export function platformOfScore(scoreId: string): string | undefined {
  return pattern.exec(scoreId)?.[1];
}

/** When a score id was made, which is when its score was accepted; undefined when it is not a score id. */
export function bornAtOfScore(scoreId: string): number | undefined {
  const [, , tail] = pattern.exec(scoreId) ?? [];
  return tail === undefined ? undefined : Number.parseInt(tail.slice(0, -20), 36);
}
