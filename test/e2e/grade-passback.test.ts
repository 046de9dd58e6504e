import { testGradePassback } from './grade-passback.ts';

for (const profile of ['canvas', 'moodle', 'generic', 'sakai'] as const) testGradePassback(profile);
