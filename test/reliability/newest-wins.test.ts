import { newestWinsAttacks } from './newest-wins.ts';
import { testShortForms } from './short-form.ts';

testShortForms(newestWinsAttacks);
