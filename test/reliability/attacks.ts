import { ambiguityAttacks } from './ambiguity.ts';
import type { Attack } from './attack.ts';
import { callbacksAttacks } from './callbacks.ts';
import { fairnessAttacks } from './fairness.ts';
import { launchedAttacks } from './launched.ts';
import { longLifeAttacks } from './long-life.ts';
import { newestWinsAttacks } from './newest-wins.ts';
import { nothingLostAttacks } from './nothing-lost.ts';
import { oneBadCellAttacks } from './one-bad-cell.ts';
import { oneColumnAttacks } from './one-column.ts';
import { outageAttacks } from './outage.ts';
import { reconciliationAttacks } from './reconciliation.ts';
import { replayAttacks } from './replay.ts';
import { rostersAttacks } from './rosters.ts';
import { shutdownAttacks } from './shutdown.ts';
import { throttlingAttacks } from './throttling.ts';
import { tokensAttacks } from './tokens.ts';
import { toolKeysAttacks } from './tool-keys.ts';
import { webhooksAttacks } from './webhooks.ts';

/** Every attack on a promise, in the order of docs/reliability.md. */
export const attacks: readonly Attack[] = [
  ...nothingLostAttacks,
  ...newestWinsAttacks,
  ...oneColumnAttacks,
  ...rostersAttacks,
  ...launchedAttacks,
  ...webhooksAttacks,
  ...callbacksAttacks,
  ...outageAttacks,
  ...throttlingAttacks,
  ...ambiguityAttacks,
  ...fairnessAttacks,
  ...oneBadCellAttacks,
  ...tokensAttacks,
  ...toolKeysAttacks,
  ...replayAttacks,
  ...reconciliationAttacks,
  ...shutdownAttacks,
  ...longLifeAttacks,
];
