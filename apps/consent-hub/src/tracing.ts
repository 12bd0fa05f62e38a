// node --import ./dist/apps/consent-hub/src/tracing.js dist/apps/consent-hub/src/main.js: traces to an OTLP collector over HTTP, set by
// the OTEL_* variables (docs/tracing.md). Without this file nothing is traced, and nothing of the SDK is loaded.
import { Worker } from 'node:worker_threads';

const say = (text: string): void => void process.stderr.write(`tracing: ${text}\n`);

/** Whether a package is missing that package.json names as optional. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

try {
  const { startTracing } = await import('./tracing/start-tracing.js');
  startTracing(process.env, say, (url) => new Worker(url, { execArgv: [] }));
} catch (error) {
  say(
    isMissing(error)
      ? 'the packages of OpenTelemetry are not installed: install the optional dependencies (npm ci --include=optional), or leave --import out'
      : error instanceof Error
        ? error.message
        : 'could not be started',
  );
  process.exit(1);
}
