import { testSubmission } from './submission.ts';

for (const profile of ['canvas', 'moodle', 'generic', 'sakai'] as const) testSubmission(profile);
