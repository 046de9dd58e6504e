import { testGradePassback } from './grade-passback.ts';

for (const profile of ['blackboard', 'brightspace', 'schoology', 'openedx'] as const) {
  testGradePassback(profile);
}
