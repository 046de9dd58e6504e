import { replayAttacks } from './replay.ts';
import { testShortForms } from './short-form.ts';

testShortForms(replayAttacks);
