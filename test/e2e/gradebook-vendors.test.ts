import { testGradebook } from './gradebook.ts';

for (const profile of ['blackboard', 'brightspace', 'schoology', 'openedx'] as const) testGradebook(profile);
