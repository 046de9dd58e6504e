import { testGradebook } from './gradebook.ts';

for (const profile of ['canvas', 'moodle', 'generic', 'sakai'] as const) testGradebook(profile);
