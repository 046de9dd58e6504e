import { z } from 'zod';

/** Which encryption keys are in use. Of a key nothing is shown but a name made from it. */
export const encryptionStatusSchema = z
  .object({
    keyName: z.string().meta({ description: 'Of GRADEWIRE_ENCRYPTION_KEY; made from the key.' }),
    previousKey: z
      .object({
        name: z.string(),
        mayBeRemoved: z.boolean().meta({
          description:
            'True when nothing that lasts is sealed with GRADEWIRE_ENCRYPTION_KEY_PREVIOUS any more.',
        }),
      })
      .optional()
      .meta({ description: 'Absent without GRADEWIRE_ENCRYPTION_KEY_PREVIOUS.' }),
    secrets: z.array(
      z.object({
        kind: z.string().meta({ example: 'toolKeys' }),
        current: z.int().meta({ description: 'Sealed with GRADEWIRE_ENCRYPTION_KEY.' }),
        previous: z.int().meta({ description: 'Sealed with GRADEWIRE_ENCRYPTION_KEY_PREVIOUS.' }),
        unknown: z.int().meta({ description: 'Opened by neither: sealed with a key that is not here.' }),
      }),
    ),
  })
  .meta({ id: 'EncryptionKeyStatus' });
