import { oneBadCellAttacks } from './one-bad-cell.ts';
import { testShortForms } from './short-form.ts';

testShortForms(oneBadCellAttacks);
