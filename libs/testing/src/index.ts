export { ApiWitness, type Answered, type ApiDescription } from './api-witness.js';
export { dumpDatabase } from './dump-database.js';
export { GivenConsents } from './given-consents.js';
export { connectAsOwner } from './owner-client.js';
export { ScriptedBank } from './scripted-bank.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { hubEnvironment } from './hub-environment.js';
export { TcpProxy } from './tcp-proxy.js';
