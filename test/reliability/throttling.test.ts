import { testShortForms } from './short-form.ts';
import { throttlingAttacks } from './throttling.ts';

testShortForms(throttlingAttacks);
