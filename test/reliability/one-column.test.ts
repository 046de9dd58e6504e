import { oneColumnAttacks } from './one-column.ts';
import { testShortForms } from './short-form.ts';

testShortForms(oneColumnAttacks);
