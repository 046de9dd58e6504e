import { json, type Reply, text } from '../../http/reply.ts';
import type { Refusal } from '../refusals.ts';
import { type Change, dropping, quirk, rules } from './quirk.ts';
import { withStatus } from './refused.ts';

const USER_REFUSALS: readonly Refusal[] = ['userUnknown', 'userNotEnrolled', 'userNotGradable'];

const refusingOlder =
  (refuses: 'older' | 'equalOrOlder', answer: (equal: boolean) => Reply): Change =>
  (profile) => ({
    ...profile,
    scores: { ...profile.scores, refuses },
    refuse: (refusal, facts) =>
      refusal === 'olderTimestamp' ? answer(facts.posted === facts.stored) : profile.refuse(refusal, facts),
  });

/** What becomes of a score. */
export const SCORE_QUIRKS = {
  timestampRule: quirk(
    'text: Canvas; conflict: Moodle; field: Open edX; silently: AGS 2.0 section 3.4; none: Sakai',
    {
      text: refusingOlder('older', () =>
        json(400, { errors: { message: 'Provided timestamp of A before last updated timestamp of B' } }),
      ),
      conflict: (profile) =>
        rules('scores', { precisionMs: 1000 })(refusingOlder('equalOrOlder', () => text(409, '[]'))(profile)),
      field: refusingOlder('equalOrOlder', (equal) =>
        json(400, {
          timestamp: [
            equal
              ? 'Score already exists for the provided timestamp'
              : 'Score timestamp can only be updated to a later point in time',
          ],
        }),
      ),
      silently: rules('scores', { refuses: 'silently' }),
      none: rules('scores', { refuses: 'nothing' }),
    },
  ),
  unknownUser: quirk('422: Canvas; 400: Moodle, Blackboard, Sakai; 404, 403: Brightspace; silent: Open edX', {
    422: withStatus(USER_REFUSALS, 422),
    400: withStatus(USER_REFUSALS, 400),
    404: withStatus(USER_REFUSALS, 404),
    403: withStatus(USER_REFUSALS, 403),
    silent: dropping('unknownUser'),
  }),
  progressNotFinal: quirk('clears: Canvas, Moodle; ignored: Open edX', {
    clears: rules('scores', { notFinal: 'clears', noScore: 'clears' }),
    ignored: rules('scores', { notFinal: 'ignored', noScore: 'ignored' }),
  }),
  clearing: quirk('Blackboard, "Delete a grade"', {
    onlyNotReady: rules('scores', { noScore: 'clearsIfNotReady' }),
  }),
  attemptPerPost: quirk('Canvas scores_controller.rb; maxAttempts: `allowedAttempts` of the column', {
    on: rules('scores', { attempts: true }),
    off: rules('scores', { attempts: false }),
  }),
  appendComments: quirk('on: Canvas; off: Moodle', {
    on: rules('scores', { comments: 'appended' }),
    off: rules('scores', { comments: 'replaced' }),
  }),
  aboveMaximum: quirk(
    'capped: Moodle; shownCapped: Brightspace (community.d2l.com 23752), Open edX; kept: Canvas',
    {
      capped: rules('scores', { outOfRange: 'capped' }),
      shownCapped: rules('scores', { outOfRange: 'shownCapped' }),
      kept: rules('scores', { outOfRange: 'kept' }),
    },
  ),
  zeroScoreDropped: quirk('Open edX signals.py until pull 701', { on: dropping('zero') }),
  unlinkedColumnDropped: quirk('Open edX signals.py', {
    on: dropping('unlinkedColumn'),
  }),
  pastDueDropped: quirk('Open edX signals.py: without accept_grades_past_due', { on: dropping('pastDue') }),
};
