export type { FindOrStartOptions, LocalRedis } from './find-or-start.ts';
export { findOrStartRedis } from './find-or-start.ts';
export type { AppendFsync } from './settings.ts';
