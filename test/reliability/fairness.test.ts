import { fairnessAttacks } from './fairness.ts';
import { testShortForms } from './short-form.ts';

testShortForms(fairnessAttacks);
