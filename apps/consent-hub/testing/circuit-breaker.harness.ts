import type {
  CircuitBreakerSettings,
  CircuitBreakerState,
} from '../src/token-refresh/circuit-breaker-state.js';

/** The limits of the tests, of a replica named a. */
export const SETTINGS: CircuitBreakerSettings = {
  instance: 'a',
  failures: 5,
  window: 20,
  canaryMs: 60_000,
  permitMs: 150_000,
};
/** State of a brand without any refresh. */
export const NEW: CircuitBreakerState = {
  status: 'closed',
  allowance: 0,
  recent: [],
  underWay: {},
  canaryFailures: 0,
  nextCanaryAt: null,
  reportedAt: null,
  resumedAt: null,
  openedWith: [],
  isPaused: false,
  isResumedByHand: false,
};
