import type { Attack } from './attack.ts';
import { compromisedAttack } from './tool-keys/compromised.ts';
import { encryptionKeyAttack } from './tool-keys/encryption-key.ts';
import { rotationAttack } from './tool-keys/rotation.ts';

/** The keys that sign for the tool, and the key that they lie under. */
export const toolKeysAttacks: readonly Attack[] = [rotationAttack, compromisedAttack, encryptionKeyAttack];
