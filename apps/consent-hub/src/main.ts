import 'reflect-metadata';
import { closeOnSignal } from '@consent-hub/platform';
import { bootFailureText } from './boot-failure.js';
import { startHub } from './bootstrap.js';

try {
  const hub = await startHub(process.env);
  closeOnSignal(hub, hub.logger, hub.shutdownMs);
} catch (error) {
  process.stderr.write(bootFailureText(error));
  // Not only the code: half-made connections would keep the process.
  process.exit(1);
}
