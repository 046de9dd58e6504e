import type { Simulator } from '@gradewire/platform-simulator';
import type { ScoreInput } from '@gradewire/sdk';
import { platformId } from '../../support/classroom.ts';

/** Makes scores for one column, each for another student, who joins the first course for it. */
export function newcomers(simulator: Simulator, lineItemUrl: string): () => ScoreInput {
  const courseId = simulator.courses[0]!.id;
  let number = 0;
  return () => {
    number += 1;
    // A number, which every platform can take for one of its ids.
    const userId = `${100_000 + number}`;
    simulator.teacher.addUser(courseId, { userId, name: `Student ${number}` });
    const timestamp = new Date().toISOString();
    const target = { lineItemUrl };
    return { platformId, userId, target, scoreGiven: number % 101, scoreMaximum: 100, timestamp };
  };
}
