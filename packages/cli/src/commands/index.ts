import type { Command } from '../command/command.ts';
import { batchShow } from './batch-show.ts';
import { deadLetterDiscard } from './dead-letter-discard.ts';
import { deadLetterList } from './dead-letter-list.ts';
import { deadLetterReplay } from './dead-letter-replay.ts';
import { deadLetterShow } from './dead-letter-show.ts';
import { dev } from './dev.ts';
import { platformAdd } from './platform-add.ts';
import { platformCheck } from './platform-check.ts';
import { platformList } from './platform-list.ts';
import { replay } from './replay.ts';
import { scoreGet } from './score-get.ts';
import { scoreImport } from './score-import.ts';
import { scoreList } from './score-list.ts';
import { scoreSend } from './score-send.ts';

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
  batchShow,
  deadLetterList,
  deadLetterShow,
  deadLetterReplay,
  deadLetterDiscard,
  replay,
];
