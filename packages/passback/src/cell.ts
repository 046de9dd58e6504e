import { createHash } from 'node:crypto';
import { normalizeLineItemUrl } from '@gradewire/ags';
import { canonicalJson } from './canonical-json.ts';
import { pointsOf } from './points.ts';
import type { ScoreContent } from './score.ts';
import type { Target } from './target.ts';

const ALIAS_MARK = '~';
const CELL_ID = /^(~?[\w-]{22})\.(~?[\w-]{22})$/;

/** The name of a gradebook column: 22 characters that say nothing of its URL. One URL, however spelled, is one column. */
export function columnKeyOf(lineItemUrl: string): string {
  return shortHash(normalizeLineItemUrl(lineItemUrl));
}

/**
 * The name a column goes by until its URL is known, `~` and 22 characters; undefined for a target that names its line
 * item. What to create does not count: two scores that differ only there go to one column.
 */
export function aliasKeyOf(target: Target): string | undefined {
  if ('lineItemUrl' in target) return undefined;
  const parts =
    'launchId' in target
      ? ['launch', target.launchId, target.resourceId, target.tag]
      : [
          'lineItems',
          normalizeLineItemUrl(target.lineItemsUrl),
          target.resourceLinkId,
          target.resourceId,
          target.tag,
        ];
  return ALIAS_MARK + shortHash(canonicalJson(parts));
}

/** Whether a column key is an alias that waits for its line item. */
export function isAliasColumn(column: string): boolean {
  return column.startsWith(ALIAS_MARK);
}

/** The name of a user within cells: 22 characters that say nothing of who it is. */
export function userKeyOf(userId: string): string {
  return shortHash(userId);
}

/** The name a user goes by until the roster tells the id, from the hash of a selector: `~` and its 22 characters. */
export function userAliasKeyOf(selectorHash: string): string {
  return ALIAS_MARK + selectorHash;
}

/** The name of a cell within its platform. */
export function cellIdOf(column: string, userKey: string): string {
  return `${column}.${userKey}`;
}

/** The column and user of a cell's name, either of which may be an alias; undefined when it is none. */
export function parseCellId(cell: string): { column: string; userKey: string } | undefined {
  const [, column, userKey] = CELL_ID.exec(cell) ?? [];
  return column && userKey ? { column, userKey } : undefined;
}

/** The place of a score among those of its cell: by the caller's timestamp, then by acceptance. */
export interface Order {
  timestampMs: number;
  sequence: number;
}

/** Negative when `a` is the older score, positive when it is the newer one, 0 for the same. */
export function compareOrder(a: Order, b: Order): number {
  return a.timestampMs - b.timestampMs || a.sequence - b.sequence;
}

/**
 * The timestamp to post a score with: its own, but later than the last one posted to the cell by the profile's step,
 * since platforms compare them (Moodle by whole seconds).
 */
export function wireTimestampMs(orderTs: number, lastWireMs: number | undefined, stepMs: number): number {
  return lastWireMs === undefined ? orderTs : Math.max(orderTs, lastWireMs + stepMs);
}

/** 16 characters that are equal for two scores of a cell when what would be posted is equal, but for the timestamp. */
export function contentHashOf(score: ScoreContent): string {
  const { activityProgress, gradingProgress, comment, submission, scoringUserId, extensions } = score;
  const content = {
    ...pointsOf(score),
    clears: score.scoreGiven === null,
    activityProgress,
    gradingProgress,
    comment,
    submission,
    scoringUserId,
    extensions,
  };
  return shortHash(canonicalJson(content)).slice(0, 16);
}

/** The first 16 bytes of the SHA-256 of a text, as 22 characters that fit into keys and job ids. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
