import { longLifeAttacks } from './long-life.ts';
import { testShortForms } from './short-form.ts';

testShortForms(longLifeAttacks);
