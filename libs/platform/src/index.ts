export { buildVersion } from './boot/build-version.js';
export { operatorFault } from './boot/operator-fault.js';
export { EnvironmentError, readEnvironment } from './config/read-environment.js';
export { declareSecret, readSecret } from './config/secret-files.js';
export {
  describeUnknownVariable,
  findUnknownVariables,
  variablesOf,
  warnOfUnknownVariables,
  type UnknownVariable,
} from './config/unknown-variables.js';
export { plainArray } from './database/array-literal.js';
export { BatchedLookup } from './database/batched-lookup.js';
export { databaseEvents, StandbyReachedError } from './database/database-events.js';
export { isDatabaseOutage, isLockTimeout } from './database/database-outage.js';
export { databaseOptions, LONGEST_SILENCE_MS, POOLERS, type Pooler } from './database/database-options.js';
export { faultOfDatabaseUrl } from './database/database-url.js';
export { exactTime } from './database/exact-time.js';
export { JointLookups, type LookupKind } from './database/joint-lookups.js';
export { LookupPool } from './database/lookup-pool.js';
export { MigratedDatabase } from './database/migrated-database.js';
export { poolOf, runNamed, type NamedStatement } from './database/named-statement.js';
export { transactionBelow } from './database/traced-transaction.js';
export { openOwnDatabase } from './database/open-own-database.js';
export { OPERATOR_LIMITS } from './database/session-settings.js';
export {
  BEFORE_ALL,
  SealedValues,
  type ResealedRow,
  type SealedColumn,
  type SealedRow,
} from './database/sealed-column.js';
export { violatedUniqueConstraint } from './database/violated-constraint.js';
export { ForeignSchemaError, type AppSchema } from './database/schema-check.js';
export {
  accessOf,
  CurrentCaller,
  PERMISSIONS,
  Public,
  Requires,
  type AuthenticatedRequest,
  type Caller,
  type Permission,
} from './http/access.js';
export { CONNECTION_TIMEOUTS, fastifyTimeouts, type ConnectionTimeouts } from './http/connection-timeouts.js';
export { IsPageLimit } from './http/page-limit.js';
export { Problem, type InputFault, type ProblemDetails, type ProblemKind } from './http/problem.js';
export { ProblemTally } from './http/problem-tally.js';
export { REQUEST_ID_HEADER, REQUEST_ID_PATTERN, requestIdOf } from './http/request-id.js';
export {
  CurrentTrace,
  CurrentTracedCaller,
  RequestTrace,
  traceFactsOf,
  traceOf,
  type TracedCaller,
} from './http/request-trace.js';
export { logRequests, requestFacts } from './http/request-log.js';
export { Problems, problemsOf, type RouteProblem } from './http/route-problems.js';
export { PROBLEM_PAGES_PATH, ProblemWriter } from './http/problem-writer.js';
export { createValidationPipe, INVALID_INPUT, NoQuery } from './http/validation.js';
export { spanOfRequest, traceRequests } from './http/request-span.js';
export { newId, newRequestId } from './ids/ids.js';
export { EventLoopLoad } from './jobs/event-loop-load.js';
export { inBatches } from './jobs/in-batches.js';
export { RecurringJob } from './jobs/recurring-job.js';
export { SoleRun } from './jobs/sole-run.js';
export { describeError } from './logging/describe-error.js';
export { createLogger, LOG_LEVELS, NestLogger, type LogLevel } from './logging/logger.js';
export { closeOnSignal } from './shutdown/close-on-signal.js';
export {
  endSpan,
  findTracer,
  flushSpans,
  inSpan,
  isTracing,
  linksTo,
  markFailed,
  spanNamesOf,
  spansOf,
  startSpan,
} from './tracing/spans.js';
export { freePort, isFreePort, urlOf } from './net/addresses.js';
export { PageBrand, type BrandAccent, type BrandLogo } from './pages/page-brand.js';
export { PageDocument, renderDocument } from './pages/page-document.js';
export { formPagePolicy, PAGE_STYLE } from './pages/page-style.js';
export { PAGE_TOKENS } from './pages/page-tokens.js';
