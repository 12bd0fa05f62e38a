import { NestLogger } from '@consent-hub/platform';

/** Those of Nest that tell how the app is put together, line by line. */
const BOOT_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
/** Nest's own account of a boot that failed; whoever started the hub gets the error and tells it in plain words. */
const BOOT_FAILURE_CONTEXT = 'ExceptionHandler';

/** Nest's lines without the noise of the boot: the hub says one line when it listens. */
export class BootLogger extends NestLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (BOOT_CONTEXTS.has(String(rest.at(-1)))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) === BOOT_FAILURE_CONTEXT) this.debug(message, ...rest);
    else super.error(message, ...rest);
  }
}
