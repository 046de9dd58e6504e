import { testShortForms } from './short-form.ts';
import { webhooksAttacks } from './webhooks.ts';

testShortForms(webhooksAttacks);
