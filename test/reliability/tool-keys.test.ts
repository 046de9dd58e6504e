import { testShortForms } from './short-form.ts';
import { toolKeysAttacks } from './tool-keys.ts';

testShortForms(toolKeysAttacks);
