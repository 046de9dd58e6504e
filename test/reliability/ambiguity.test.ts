import { ambiguityAttacks } from './ambiguity.ts';
import { testShortForms } from './short-form.ts';

testShortForms(ambiguityAttacks);
