import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace-node';
import type { SpanQueueSettings } from './span-sender.js';

/** A variable of OpenTelemetry that this program cannot follow. */
export class TraceSettingsError extends Error {}

/** Samplers of OTEL_TRACES_SAMPLER. */
const SAMPLERS: Readonly<Record<string, (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
};

/** Whether anything is to be traced: not with OTEL_SDK_DISABLED=true, nor with OTEL_TRACES_EXPORTER=none. */
export function wantsTraces({ OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER }: NodeJS.ProcessEnv): boolean {
  const exporter = (OTEL_TRACES_EXPORTER ?? '').trim() || 'otlp';
  if (OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true' || exporter === 'none') return false;
  if (exporter !== 'otlp') throw new TraceSettingsError('OTEL_TRACES_EXPORTER must be otlp or none');
  return true;
}

/** @throws TraceSettingsError */
export function samplerOf({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG }: NodeJS.ProcessEnv): Sampler {
  const name = (OTEL_TRACES_SAMPLER ?? '').trim() || 'parentbased_always_on';
  const create = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name] : undefined;
  if (!create)
    throw new TraceSettingsError(`OTEL_TRACES_SAMPLER must be one of ${Object.keys(SAMPLERS).join(', ')}`);
  const ratio = Number((OTEL_TRACES_SAMPLER_ARG ?? '').trim() || '1');
  if (!(ratio >= 0 && ratio <= 1))
    throw new TraceSettingsError('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
  return create(ratio);
}

/** @throws TraceSettingsError */
export function queueSettingsOf(env: NodeJS.ProcessEnv): SpanQueueSettings {
  const number = (name: string, byDefault: number): number => {
    const value = Number((env[name] ?? '').trim() || byDefault);
    if (!Number.isInteger(value) || value < 1)
      throw new TraceSettingsError(`${name} must be a whole number from 1`);
    return value;
  };
  return {
    maxQueueSize: number('OTEL_BSP_MAX_QUEUE_SIZE', 8192),
    maxBatchSize: number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512),
    delayMs: number('OTEL_BSP_SCHEDULE_DELAY', 1000),
    timeoutMs: number('OTEL_BSP_EXPORT_TIMEOUT', 10_000),
  };
}
