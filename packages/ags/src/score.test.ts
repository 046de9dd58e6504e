import { expect, it } from 'vitest';
import { postScoreRequest } from './score.ts';

it('postScoreRequest posts compact JSON with exactly the type of a score', () => {
  const request = postScoreRequest({
    lineItemUrl: 'https://m.example/services.php/2/lineitems/3/lineitem?type_id=7',
    accessToken: 'token',
    score: {
      userId: '42',
      scoreGiven: null,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
      timestamp: '2026-11-20T16:04:05.123Z',
      comment: 'two\nlines',
      'https://canvas.instructure.com/lti/submission': { new_submission: false },
    },
  });
  expect(request).toEqual({
    stage: 'score',
    method: 'POST',
    url: 'https://m.example/services.php/2/lineitems/3/lineitem/scores?type_id=7',
    headers: {
      accept: 'application/vnd.ims.lis.v1.score+json',
      'content-type': 'application/vnd.ims.lis.v1.score+json',
      authorization: 'Bearer token',
    },
    body: '{"userId":"42","scoreGiven":null,"activityProgress":"Completed","gradingProgress":"FullyGraded","timestamp":"2026-11-20T16:04:05.123Z","comment":"two\\nlines","https://canvas.instructure.com/lti/submission":{"new_submission":false}}',
  });
});
