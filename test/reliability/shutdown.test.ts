import { testShortForms } from './short-form.ts';
import { shutdownAttacks } from './shutdown.ts';

testShortForms(shutdownAttacks);
