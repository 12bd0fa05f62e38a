import { BRANDS, perBrand } from './brands.mjs';
import { Failure } from './failure.mjs';
import { portFault } from './ports.mjs';

const MOST_REPLICAS = 16;

function wholeNumber(env, name, fallback, [least, most]) {
  const text = env[name] || String(fallback);
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Failure(`${name} must be a whole number from ${least} to ${most}.`);
}

const PORTS = [1, 65_535];
const reachable = (host) => (['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host);
const urlOf = (scheme, host, port) => {
  const name = reachable(host);
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
};

/**
 * Where a local stack listens, by the environment.
 *
 * @throws Failure naming the variable that makes no sense
 */
export function readStackSettings(env) {
  const hubHost = env.HUB_HOST || '127.0.0.1';
  const bankHost = env.SANDBOX_HOST || '127.0.0.1';
  const firstPort = wholeNumber(env, 'HUB_PORT', 3000, PORTS);
  const replicas = wholeNumber(env, 'HUB_REPLICAS', 1, [1, MOST_REPLICAS]);
  if (firstPort + replicas - 1 > PORTS[1])
    throw new Failure(`HUB_PORT leaves no room for ${replicas} hubs above it.`);
  const hubPorts = Array.from({ length: replicas }, (_, index) => firstPort + index);
  const bankPorts = {
    machine: perBrand(({ portVariable, sandboxPort }) => wholeNumber(env, portVariable, sandboxPort, PORTS)),
    http: wholeNumber(env, 'SANDBOX_HTTP_PORT', 8080, PORTS),
  };
  const hubUrls = hubPorts.map((port) => urlOf('http', hubHost, port));
  return {
    hubHost,
    hubPorts,
    hubUrls,
    publicUrl: (env.HUB_PUBLIC_URL || hubUrls[0]).replace(/\/+$/, ''),
    bankHost,
    bankPorts,
    controlUrl: urlOf('http', bankHost, bankPorts.http),
    apiUrls: perBrand(({ id }) => urlOf('https', bankHost, bankPorts.machine[id])),
  };
}

const listeners = ({ hubHost, hubPorts, bankHost, bankPorts }) => [
  ...hubPorts.map((port) => ({ port, host: hubHost, what: 'the hub', variable: 'HUB_PORT' })),
  ...BRANDS.map(({ id, name, portVariable }) => ({
    port: bankPorts.machine[id],
    host: bankHost,
    what: `the sandbox bank's ${name} API`,
    variable: portVariable,
  })),
  { port: bankPorts.http, host: bankHost, what: "the sandbox bank's pages", variable: 'SANDBOX_HTTP_PORT' },
];

/** @throws Failure with one sentence for each port that cannot be had */
export async function assertPortsAreFree(settings) {
  const sentences = [];
  const taken = new Map();
  for (const { port, host, what, variable } of listeners(settings)) {
    const other = taken.get(port);
    taken.set(port, variable);
    const fault = other ? undefined : await portFault(port, host);
    if (other)
      sentences.push(`Port ${port} is asked for twice, by ${other} and ${variable}: change one of them.`);
    else if (fault === 'EADDRINUSE') {
      sentences.push(
        `Port ${port}, for ${what}, is taken by another program: stop it, or choose another port, e.g. ${variable}=${port + 10_000 > PORTS[1] ? port - 1000 : port + 10_000} npm start`,
      );
    } else if (fault === 'EACCES') {
      sentences.push(`Port ${port}, for ${what}, is not ours to open: choose one above 1023 by ${variable}.`);
    } else if (fault) sentences.push(`Nothing can listen on ${host}:${port}, for ${what} (${fault}).`);
  }
  if (sentences.length > 0) throw new Failure(sentences.join('\n'));
}
