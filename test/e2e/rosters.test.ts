import { testRosters } from './rosters.ts';

for (const profile of ['canvas', 'moodle', 'blackboard', 'generic'] as const) testRosters(profile);
