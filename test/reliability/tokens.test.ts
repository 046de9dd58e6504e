import { testShortForms } from './short-form.ts';
import { tokensAttacks } from './tokens.ts';

testShortForms(tokensAttacks);
