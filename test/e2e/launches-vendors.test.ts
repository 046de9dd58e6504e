import { testLaunches } from './launches.ts';

for (const profile of ['blackboard', 'brightspace', 'schoology', 'openedx'] as const) testLaunches(profile);
