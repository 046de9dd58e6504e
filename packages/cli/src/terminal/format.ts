import type { ScoreStatus } from '@gradewire/sdk';
import type { Paint, Style } from './paint.ts';

const STATUS_STYLE: Record<ScoreStatus | 'rejected', Style> = {
  delivered: 'green',
  superseded: 'dim',
  cancelled: 'dim',
  queued: 'cyan',
  delivering: 'cyan',
  retrying: 'yellow',
  held: 'yellow',
  dead: 'red',
  rejected: 'red',
};

export function statusText(status: ScoreStatus | 'rejected', paint: Paint): string {
  return paint(STATUS_STYLE[status] ?? 'bold', status);
}

/** `8.5/10`, `8.5` without a maximum, `cleared` for null, nothing when there is no grade. */
export function gradeText(scoreGiven: number | null | undefined, scoreMaximum: number | undefined): string {
  if (scoreGiven === undefined) return '';
  if (scoreGiven === null) return 'cleared';
  return scoreMaximum === undefined ? String(scoreGiven) : `${scoreGiven}/${scoreMaximum}`;
}

/** `1 score`, `30 scores`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}
