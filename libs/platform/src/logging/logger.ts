import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import { activeSpan, hasActiveSpans, spanNamesOf } from '../tracing/spans.js';
import { describeError } from './describe-error.js';
import { stdoutByTurns } from './stdout-by-turns.js';

/**
 * The second net under `Secret`: every value with one of these names is blanked, at any depth of a log line's data.
 */
const REDACTED_KEYS = [
  'authorization',
  'access_token',
  'refresh_token',
  'sca_token',
  'code',
  'code_verifier',
  'client_secret',
  'password',
  'cookie',
];

/** From nothing but the end of the process to everything, and `silent`. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One JSON line an event on stdout: `level`, `time` (ISO 8601 UTC), `service`, `msg`, and the event's own fields. */
export function createLogger(
  service: string,
  level: LogLevel,
  destination: DestinationStream = stdoutByTurns(),
): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // What a line says itself of its span comes after, and wins.
      ...(hasActiveSpans() && { mixin: () => spanNamesOf(activeSpan()) }),
      serializers: { err: (error: unknown) => describeError(error) },
      redact: {
        paths: REDACTED_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
        censor: '[redacted]',
      },
    },
    destination,
  );
}

/** Nest's own lines through the same logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest appends the class's name as the last argument, and a stack before it on errors. */
  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    if (!this.logger.isLevelEnabled(level)) return;
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const fields = { ...(context === undefined ? {} : { context }) };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.logger[level]({ ...fields, ...message });
    else this.logger[level](fields, String(message));
  }
}
