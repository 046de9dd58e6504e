import { nothingLostAttacks } from './nothing-lost.ts';
import { testShortForms } from './short-form.ts';

testShortForms(nothingLostAttacks);
