import { reconciliationAttacks } from './reconciliation.ts';
import { testShortForms } from './short-form.ts';

testShortForms(reconciliationAttacks);
