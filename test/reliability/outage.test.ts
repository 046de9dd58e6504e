import { outageAttacks } from './outage.ts';
import { testShortForms } from './short-form.ts';

testShortForms(outageAttacks);
