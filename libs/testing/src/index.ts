export { dumpDatabase } from './dump-database.js';
export { GivenConsents, type GivenPair } from './given-consents.js';
export { ScriptedBank, type TokenScript } from './scripted-bank.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { hubEnvironment } from './hub-environment.js';
