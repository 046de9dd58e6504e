export { boundedLabel, MAX_LABEL_VALUES, OTHER, platformLabel, statusClass } from './labels.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { metricsListener, type ProbeAnswer } from './metrics-listener.ts';
export {
  type Counter,
  counter,
  createRegistry,
  type Gauge,
  gauge,
  type Histogram,
  histogram,
  type MetricDescription,
  REQUEST_SECONDS,
  type Registry,
  WAITING_SECONDS,
} from './registry.ts';
