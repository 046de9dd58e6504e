import type { Command } from '../command/command.ts';
import { batchShow } from './batch-show.ts';
import { callbackAdd } from './callback-add.ts';
import { callbackDeliveries } from './callback-deliveries.ts';
import { callbackList } from './callback-list.ts';
import { callbackRemove } from './callback-remove.ts';
import { callbackResend } from './callback-resend.ts';
import { callbackShow } from './callback-show.ts';
import { deadLetterDiscard } from './dead-letter-discard.ts';
import { deadLetterList } from './dead-letter-list.ts';
import { deadLetterReplay } from './dead-letter-replay.ts';
import { deadLetterShow } from './dead-letter-show.ts';
import { dev } from './dev.ts';
import { encryptionKeyReseal } from './encryption-key-reseal.ts';
import { encryptionKeyStatus } from './encryption-key-status.ts';
import { identityImport } from './identity-import.ts';
import { identityList } from './identity-list.ts';
import { identityRemove } from './identity-remove.ts';
import { launchAdd } from './launch-add.ts';
import { launchImport } from './launch-import.ts';
import { launchShow } from './launch-show.ts';
import { lineItemAdopt } from './line-item-adopt.ts';
import { lineItemDelete } from './line-item-delete.ts';
import { lineItemDuplicates } from './line-item-duplicates.ts';
import { lineItemList } from './line-item-list.ts';
import { lineItemUpdate } from './line-item-update.ts';
import { members } from './members.ts';
import { platformAdd } from './platform-add.ts';
import { platformCheck } from './platform-check.ts';
import { platformList } from './platform-list.ts';
import { reconcile } from './reconcile.ts';
import { replay } from './replay.ts';
import { results } from './results.ts';
import { scoreGet } from './score-get.ts';
import { scoreImport } from './score-import.ts';
import { scoreList } from './score-list.ts';
import { scoreSend } from './score-send.ts';
import { sourceAdd } from './source-add.ts';
import { sourceList } from './source-list.ts';
import { sourceRemove } from './source-remove.ts';
import { sourceShow } from './source-show.ts';
import { sourceTest } from './source-test.ts';
import { toolKeyImport } from './tool-key-import.ts';
import { toolKeyList } from './tool-key-list.ts';
import { toolKeyRemove } from './tool-key-remove.ts';
import { toolKeyRotate } from './tool-key-rotate.ts';
import { unmatchedDiscard } from './unmatched-discard.ts';
import { unmatchedList } from './unmatched-list.ts';
import { unmatchedReplay } from './unmatched-replay.ts';

/** Every verb, in the order of the help. */
export const COMMANDS: Command[] = [
  dev,
  platformAdd,
  platformList,
  platformCheck,
  scoreSend,
  scoreGet,
  scoreList,
  scoreImport,
  launchAdd,
  launchShow,
  launchImport,
  members,
  batchShow,
  results,
  lineItemList,
  lineItemDuplicates,
  lineItemAdopt,
  lineItemUpdate,
  lineItemDelete,
  deadLetterList,
  deadLetterShow,
  deadLetterReplay,
  deadLetterDiscard,
  replay,
  reconcile,
  sourceAdd,
  sourceList,
  sourceShow,
  sourceTest,
  sourceRemove,
  unmatchedList,
  unmatchedReplay,
  unmatchedDiscard,
  identityImport,
  identityList,
  identityRemove,
  callbackAdd,
  callbackList,
  callbackShow,
  callbackDeliveries,
  callbackResend,
  callbackRemove,
  toolKeyList,
  toolKeyRotate,
  toolKeyImport,
  toolKeyRemove,
  encryptionKeyStatus,
  encryptionKeyReseal,
];
