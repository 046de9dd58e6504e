export {
  CallbackQueue,
  type CallbackTiming,
  type CallbackWorkerOptions,
  type DrainCallback,
} from './callback-queue.ts';
export type { BuryCell, CellDelivery, DeliverCell, LaneEvents, LaneSignal } from './delivery.ts';
export type { LaneTiming } from './lane.ts';
export { isShut, LaneQueues, laneQueueName } from './lane-queues.ts';
export { Lanes, type LanesOptions } from './lanes.ts';
export { takeLease } from './lease.ts';
export { Wakes } from './wakes.ts';
