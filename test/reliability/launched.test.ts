import { launchedAttacks } from './launched.ts';
import { testShortForms } from './short-form.ts';

testShortForms(launchedAttacks);
