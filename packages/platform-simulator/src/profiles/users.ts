import type { Member } from '../world/types.ts';
import type { ScoreContext, ScoreRules } from './profile.ts';
import { Refused } from './refusals.ts';

/** The student of a score; throws `Refused`: never heard of, not in this course, or no student. */
export function gradable({ world, member: find }: ScoreContext, userId: string): Member {
  const member = find(userId);
  if (member?.role === 'learner') return member;
  if (member) throw new Refused('userNotGradable', { userId });
  throw new Refused(world.knows(userId) ? 'userNotEnrolled' : 'userUnknown', { userId });
}

/** Somebody made up, where the platform looks for the person only when it shows the grade. */
export function strangerTo({ dropped = [] }: ScoreRules, userId: string): Member | undefined {
  if (!dropped.includes('unknownUser')) return undefined;
  return { userId, number: 0, name: '', email: '', role: 'learner', status: 'active' };
}
