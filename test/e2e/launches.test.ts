import { testLaunches } from './launches.ts';

for (const profile of ['canvas', 'moodle', 'generic', 'sakai'] as const) testLaunches(profile);
