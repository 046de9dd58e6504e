/** Which encryption keys are in use. Of a key there is only a name, made from it. */
export interface EncryptionKeyStatus {
  keyName: string;
  /** Absent without `GRADEWIRE_ENCRYPTION_KEY_PREVIOUS`. */
  previousKey?: { name: string; mayBeRemoved: boolean };
  /** How many secrets that last each key opens; `unknown`: neither. */
  secrets: Array<{ kind: string; current: number; previous: number; unknown: number }>;
}
