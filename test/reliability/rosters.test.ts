import { rostersAttacks } from './rosters.ts';
import { testShortForms } from './short-form.ts';

testShortForms(rostersAttacks);
