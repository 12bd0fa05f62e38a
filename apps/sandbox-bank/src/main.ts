import 'reflect-metadata';
import { closeOnSignal } from '@consent-hub/platform';
import { bootFailureText, startSandboxBank } from './bootstrap.js';

const GRACE_MS = 8_000;

try {
  const bank = await startSandboxBank(process.env);
  closeOnSignal(bank, bank.logger, GRACE_MS);
} catch (error) {
  process.stderr.write(bootFailureText(error));
  // Setting the exit code is not enough: half-open connections would keep the process running.
  process.exit(1);
}
