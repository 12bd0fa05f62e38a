import 'reflect-metadata';
import { closeOnSignal } from '@consent-hub/platform';
import { bootFailureText, startSandboxBank } from './bootstrap.js';

const GRACE_MS = 8_000;

try {
  const bank = await startSandboxBank(process.env);
  closeOnSignal(bank, bank.logger, GRACE_MS);
} catch (error) {
  process.stderr.write(bootFailureText(error));
  // Not only the code: half-made connections would keep the process.
  process.exit(1);
}
