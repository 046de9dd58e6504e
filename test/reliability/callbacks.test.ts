import { callbacksAttacks } from './callbacks.ts';
import { testShortForms } from './short-form.ts';

testShortForms(callbacksAttacks);
