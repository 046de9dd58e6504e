import { parseCursor } from '@gradewire/passback/redis';
import { invalid } from '../http/validate.ts';

/** @throws Problem `INVALID` when a cursor of score lists is none of ours */
export function requireCursor(cursor: string | undefined): void {
  if (cursor !== undefined && !parseCursor(cursor)) {
    throw invalid([{ pointer: '?cursor', detail: 'is not a nextCursor of this list' }]);
  }
}
