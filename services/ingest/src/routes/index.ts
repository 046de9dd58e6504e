import type { RouteDefinition } from '../http/route.ts';
import { adoptLineItem } from './adopt-line-item.ts';
import { cancelReconciliation } from './cancel-reconciliation.ts';
import { cancelReplay } from './cancel-replay.ts';
import { cancelScore } from './cancel-score.ts';
import { checkPlatform } from './check-platform.ts';
import { createKey } from './create-key.ts';
import { createLaunch } from './create-launch.ts';
import { createReconciliation } from './create-reconciliation.ts';
import { createReplay } from './create-replay.ts';
import { deadLetterSummary } from './dead-letter-summary.ts';
import { deleteCallback } from './delete-callback.ts';
import { deleteIdentity } from './delete-identity.ts';
import { deleteKey } from './delete-key.ts';
import { deleteLineItem } from './delete-line-item.ts';
import { deletePlatform } from './delete-platform.ts';
import { deleteToolKey } from './delete-tool-key.ts';
import { deleteWebhookSource } from './delete-webhook-source.ts';
import { discardDeadLetter } from './discard-dead-letter.ts';
import { discardUnmatched } from './discard-unmatched.ts';
import { getBatch } from './get-batch.ts';
import { getCallback } from './get-callback.ts';
import { getEncryptionKey } from './get-encryption-key.ts';
import { getLane } from './get-lane.ts';
import { getLaunch } from './get-launch.ts';
import { getPlatform } from './get-platform.ts';
import { getReconciliation } from './get-reconciliation.ts';
import { getReplay } from './get-replay.ts';
import { getScore } from './get-score.ts';
import { getWebhookDelivery } from './get-webhook-delivery.ts';
import { getWebhookSource } from './get-webhook-source.ts';
import { healthz } from './healthz.ts';
import { importToolKey } from './import-tool-key.ts';
import { jwks } from './jwks.ts';
import { listCallbackDeliveries } from './list-callback-deliveries.ts';
import { listCallbacks } from './list-callbacks.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { listDuplicateLineItems } from './list-duplicate-line-items.ts';
import { listIdentities } from './list-identities.ts';
import { listKeys } from './list-keys.ts';
import { listLanes } from './list-lanes.ts';
import { listLineItems } from './list-line-items.ts';
import { listMembers } from './list-members.ts';
import { listPlatforms } from './list-platforms.ts';
import { listReconciliations } from './list-reconciliations.ts';
import { listResults } from './list-results.ts';
import { listScores } from './list-scores.ts';
import { listToolKeys } from './list-tool-keys.ts';
import { listUnmatched } from './list-unmatched.ts';
import { listWebhookSources } from './list-webhook-sources.ts';
import { pauseLane } from './pause-lane.ts';
import { postScore } from './post-score.ts';
import { postScoreBatch } from './post-score-batch.ts';
import { publicKeyPem } from './public-key-pem.ts';
import { putCallback } from './put-callback.ts';
import { putIdentities } from './put-identities.ts';
import { putLineItem } from './put-line-item.ts';
import { putPlatform } from './put-platform.ts';
import { putWebhookSource } from './put-webhook-source.ts';
import { readyz } from './readyz.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';
import { replayUnmatched } from './replay-unmatched.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { resendCallback } from './resend-callback.ts';
import { resendCallbackDelivery } from './resend-callback-delivery.ts';
import { resumeLane } from './resume-lane.ts';
import { rotateToolKey } from './rotate-tool-key.ts';
import { testWebhookSource } from './test-webhook-source.ts';

/** The API, in the order of the docs. A fixed path stands before one with a parameter in its place. */
export const ROUTES: readonly RouteDefinition[] = [
  postScore,
  postScoreBatch,
  listScores,
  getScore,
  cancelScore,
  getBatch,
  createLaunch,
  getLaunch,
  listMembers,
  listDeadLetters,
  deadLetterSummary,
  replayDeadLetter,
  discardDeadLetter,
  createReplay,
  getReplay,
  cancelReplay,
  listResults,
  listLineItems,
  putLineItem,
  deleteLineItem,
  listDuplicateLineItems,
  adoptLineItem,
  createReconciliation,
  listReconciliations,
  getReconciliation,
  cancelReconciliation,
  listLanes,
  getLane,
  pauseLane,
  resumeLane,
  listIdentities,
  putIdentities,
  deleteIdentity,
  receiveWebhook,
  listWebhookSources,
  putWebhookSource,
  getWebhookSource,
  deleteWebhookSource,
  getWebhookDelivery,
  listUnmatched,
  replayUnmatched,
  discardUnmatched,
  testWebhookSource,
  listCallbacks,
  putCallback,
  getCallback,
  deleteCallback,
  listCallbackDeliveries,
  resendCallbackDelivery,
  resendCallback,
  listPlatforms,
  putPlatform,
  getPlatform,
  deletePlatform,
  checkPlatform,
  createKey,
  listKeys,
  deleteKey,
  listToolKeys,
  rotateToolKey,
  importToolKey,
  deleteToolKey,
  jwks,
  publicKeyPem,
  getEncryptionKey,
  resealSecrets,
  healthz,
  readyz,
];
