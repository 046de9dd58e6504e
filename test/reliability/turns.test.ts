import { PROFILES } from '@gradewire/platform-simulator';
import { expect, it } from 'vitest';
import { attacks } from './attacks.ts';
import { turns } from './turns.ts';

it('every general attack has its turn somewhere, and every vendor is somewhere attacked', () => {
  const general = attacks.filter(({ profile }) => profile !== undefined).map(({ name }) => name);
  expect(Object.keys(turns).sort()).toEqual(general.sort());
  expect([...new Set(Object.values(turns))].sort()).toEqual(Object.keys(PROFILES).sort());
});
