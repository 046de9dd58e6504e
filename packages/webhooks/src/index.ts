export { secretProblem } from './secret.ts';
export { signWebhook, type WebhookMessage } from './sign.ts';
export type { Scheme, SignatureSettings, Verification, Verifier, WebhookRequest } from './verifier.ts';
export { NO_SOURCE, verifyWebhook } from './verify.ts';
