import { json, text, webPage } from '../../http/reply.ts';
import { generic } from '../generic/generic.ts';
import { MEDIA_TYPES, type ServiceEndpoint } from '../profile.ts';
import { type Refusal, Refused } from '../refusals.ts';
import { type Change, quirk } from './quirk.ts';
import { withBody, withStatus } from './refused.ts';

const TOKEN_REFUSALS: readonly Refusal[] = ['tokenMissing', 'tokenInvalid', 'tokenExpired', 'scopeMissing'];

/** The media type of each endpoint's answers. */
const READ: Partial<Record<ServiceEndpoint, string>> = {
  lineItems: MEDIA_TYPES.lineItems,
  lineItem: MEDIA_TYPES.lineItem,
  results: MEDIA_TYPES.results,
  memberships: MEDIA_TYPES.memberships,
};

const canvasThrottle = {
  throttle: { highWater: 600, capacity: 800, leakPerSecond: 10, upFront: 50, cost: 0.05 },
  throttled: () => text(403, '403 Forbidden (Rate Limit Exceeded)\n'),
};

/** Six requests a minute. */
const throttledWith =
  (headers: (now: number) => Record<string, string>): Change =>
  (profile) => ({
    ...profile,
    throttle: { credits: 60, perSeconds: 60, cost: 10 },
    throttled: (now) => ({ ...text(429, 'Too Many Requests\n'), headers: headers(now) }),
  });

/** What requests must look like, and how they are refused. */
export const ANSWER_QUIRKS = {
  contentTypeStrict: quirk(
    'on: Moodle, Open edX; off: Blackboard (hypothesis/lms pull 3913), Canvas, Sakai',
    {
      on: (profile) => ({ ...profile, negotiate: generic.negotiate }),
      off: (profile) => ({
        ...profile,
        negotiate: (request) => {
          const { endpoint, method } = request;
          const type = endpoint === 'scores' ? MEDIA_TYPES.score : MEDIA_TYPES.lineItem;
          const writes = method === 'POST' || method === 'PUT';
          profile.negotiate(
            writes ? { ...request, headers: { ...request.headers, 'content-type': type } } : request,
          );
        },
      }),
    },
  ),
  acceptExact: quirk('Moodle services.php; Schoology for rosters', {
    on: (profile) => ({
      ...profile,
      negotiate: (request) => {
        const exact = request.method !== 'GET' || request.headers.accept === READ[request.endpoint];
        if (!exact) throw new Refused('notAcceptable');
        profile.negotiate(request);
      },
    }),
  }),
  authFailureStatus: quirk('401: Canvas (a missing scope too), Moodle; 403: Sakai, Open edX', {
    401: withStatus(TOKEN_REFUSALS, 401),
    403: withStatus(TOKEN_REFUSALS, 403),
  }),
  errorBody: quirk(
    'canvas: three envelopes; moodle; moodleScore: `[]`, the words in the reason; error: Sakai, Schoology; detail: Open edX',
    {
      canvasObject: withBody((message) => json(0, { errors: { type: 'unprocessable_entity', message } })),
      canvasList: withBody((message) => json(0, { errors: [{ message }] })),
      canvasFields: withBody((message) =>
        json(0, { errors: [{ field: 'grade', message, error_code: null }] }),
      ),
      moodle: withBody((reason, status) => ({ ...json(0, { status, reason, request: {} }), reason })),
      moodleScore: withBody((reason) => ({ ...text(0, '[]'), reason })),
      error: withBody((error) => json(0, { error })),
      detail: withBody((detail) => json(0, { detail })),
      html: withBody((message) => webPage(0, 'Error', message)),
      empty: withBody(() => ({ status: 0 })),
    },
  ),
  throttle: quirk(
    'leakyBucket: Canvas request_throttle.rb; bare: Brightspace; seconds, date: RFC 9110 section 10.2.3',
    {
      leakyBucket: (profile) => ({ ...profile, ...canvasThrottle }),
      seconds: throttledWith(() => ({ 'retry-after': '5' })),
      date: throttledWith((now) => ({ 'retry-after': new Date(now + 5000).toUTCString() })),
      bare: throttledWith(() => ({})),
    },
  ),
};
