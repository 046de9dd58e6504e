import { testRosters } from './rosters.ts';

for (const profile of ['brightspace', 'schoology', 'sakai', 'openedx'] as const) testRosters(profile);
