import type { RouteDefinition } from '../http/route.ts';
import { cancelReplay } from './cancel-replay.ts';
import { cancelScore } from './cancel-score.ts';
import { checkPlatform } from './check-platform.ts';
import { createKey } from './create-key.ts';
import { createReplay } from './create-replay.ts';
import { deadLetterSummary } from './dead-letter-summary.ts';
import { deleteKey } from './delete-key.ts';
import { deletePlatform } from './delete-platform.ts';
import { discardDeadLetter } from './discard-dead-letter.ts';
import { getBatch } from './get-batch.ts';
import { getLane } from './get-lane.ts';
import { getPlatform } from './get-platform.ts';
import { getReplay } from './get-replay.ts';
import { getScore } from './get-score.ts';
import { healthz } from './healthz.ts';
import { importToolKey } from './import-tool-key.ts';
import { jwks } from './jwks.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { listKeys } from './list-keys.ts';
import { listLanes } from './list-lanes.ts';
import { listPlatforms } from './list-platforms.ts';
import { listScores } from './list-scores.ts';
import { pauseLane } from './pause-lane.ts';
import { postScore } from './post-score.ts';
import { postScoreBatch } from './post-score-batch.ts';
import { publicKeyPem } from './public-key-pem.ts';
import { putPlatform } from './put-platform.ts';
import { readyz } from './readyz.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';
import { resumeLane } from './resume-lane.ts';
import { rotateToolKey } from './rotate-tool-key.ts';

/** The API, in the order of the docs. A fixed path stands before one with a parameter in its place. */
export const ROUTES: readonly RouteDefinition[] = [
  postScore,
  postScoreBatch,
  listScores,
  getScore,
  cancelScore,
  getBatch,
  listDeadLetters,
  deadLetterSummary,
  replayDeadLetter,
  discardDeadLetter,
  createReplay,
  getReplay,
  cancelReplay,
  listLanes,
  getLane,
  pauseLane,
  resumeLane,
  listPlatforms,
  putPlatform,
  getPlatform,
  deletePlatform,
  checkPlatform,
  createKey,
  listKeys,
  deleteKey,
  rotateToolKey,
  importToolKey,
  jwks,
  publicKeyPem,
  healthz,
  readyz,
];
