import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsString, Max, Min, ValidateBy } from 'class-validator';
import {
  describeUnknownVariable,
  EnvironmentError,
  faultOfDatabaseUrl,
  findUnknownVariables,
  LOG_LEVELS,
  POOLERS,
  readEnvironment,
  variablesOf,
  type LogLevel,
  type Pooler,
  type UnknownVariable,
} from '@consent-hub/platform';
import { BRANDS, SANDBOX_PORTS, type Brand } from '@consent-hub/psd2-protocol';
import { faultOfAssumptions } from './model/settings/assumptions.js';
import { CONTRACTS, type Contract } from './model/settings/bank.settings.js';

const LONGEST_LIFE_SECONDS = 31_536_000;

const portVariable = (brand: Brand): string => `SANDBOX_${brand.toUpperCase()}_PORT`;

/** The settings of the sandbox bank; a port of 0 takes any free one. */
export class SandboxEnvironment {
  @ValidateBy({
    name: 'databaseUrl',
    validator: {
      validate: (url) => faultOfDatabaseUrl(url) === undefined,
      defaultMessage: (given) => `$property ${faultOfDatabaseUrl(given?.value)}`,
    },
  })
  DATABASE_URL: string;

  @IsIn(POOLERS)
  DATABASE_POOLER: Pooler = 'none';

  @IsString()
  @IsNotEmpty()
  SANDBOX_HOST: string = '127.0.0.1';

  @IsInt()
  @Min(0)
  @Max(65_535)
  SANDBOX_HTTP_PORT: number = 8080;

  @IsInt()
  @Min(1)
  @Max(LONGEST_LIFE_SECONDS)
  SANDBOX_ACCESS_TOKEN_SECONDS: number = 3600;

  @IsInt()
  @Min(1)
  @Max(LONGEST_LIFE_SECONDS)
  SANDBOX_SCA_TOKEN_SECONDS: number = 3600;

  @IsInt()
  @Min(1)
  @Max(LONGEST_LIFE_SECONDS)
  SANDBOX_CODE_SECONDS: number = 300;

  @IsInt()
  @Min(1)
  @Max(LONGEST_LIFE_SECONDS)
  SANDBOX_LINK_SECONDS: number = 900;

  @IsInt()
  @Min(1)
  @Max(3650)
  SANDBOX_CONSENT_DAYS: number = 180;

  @IsIn(CONTRACTS)
  SANDBOX_CONTRACT: Contract = 'current';

  /** `name=choice,...`, see the table of assumptions. */
  @ValidateBy({
    name: 'assumptions',
    validator: {
      validate: (value) => typeof value === 'string' && faultOfAssumptions(value) === null,
      defaultMessage: (at) => `$property ${faultOfAssumptions(at?.value as string) ?? ''}`,
    },
  })
  SANDBOX_ASSUMPTIONS: string = '';

  /** The registered TPPs, in JSON. */
  @IsString()
  @IsNotEmpty()
  SANDBOX_CLIENTS_FILE: string;

  /** The certificate of the machine ports and its key. */
  @IsString()
  @IsNotEmpty()
  SANDBOX_TLS_CERT_FILE: string;

  @IsString()
  @IsNotEmpty()
  SANDBOX_TLS_KEY_FILE: string;

  /** The authorities that issue the certificates of TPPs. */
  @IsString()
  @IsNotEmpty()
  SANDBOX_TLS_CA_FILE: string;

  @IsIn(LOG_LEVELS)
  SANDBOX_LOG_LEVEL: LogLevel = 'info';

  constructor() {
    for (const brand of BRANDS) Reflect.set(this, portVariable(brand), SANDBOX_PORTS[brand]);
  }

  /** Port of a brand's machine API. */
  machinePort(brand: Brand): number {
    return Reflect.get(this, portVariable(brand)) as number;
  }
}

for (const brand of BRANDS)
  for (const rule of [IsInt(), Min(0), Max(65_535), Type(() => Number)])
    rule(SandboxEnvironment.prototype, portVariable(brand));

/** Variables with a prefix of this program that it does not read: most likely misspelt. */
export const unknownSandboxVariables = (env: NodeJS.ProcessEnv): UnknownVariable[] =>
  findUnknownVariables(env, { names: variablesOf(SandboxEnvironment), prefixes: ['SANDBOX_', 'DATABASE_'] });

/** @throws EnvironmentError with all faults at once, and the variables that are not read */
export function readSandboxEnvironment(env: NodeJS.ProcessEnv): SandboxEnvironment {
  try {
    return readEnvironment(SandboxEnvironment, env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    throw new EnvironmentError([
      ...error.faults,
      ...unknownSandboxVariables(env).map(describeUnknownVariable),
    ]);
  }
}
