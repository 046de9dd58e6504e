import { testSubmission } from './submission.ts';

for (const profile of ['blackboard', 'brightspace', 'schoology', 'openedx'] as const) testSubmission(profile);
