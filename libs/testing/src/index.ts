export { dumpDatabase } from './dump-database.js';
export { ScriptedBank, type TokenScript } from './scripted-bank.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
