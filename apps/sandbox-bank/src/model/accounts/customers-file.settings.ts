import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BRANDS, LANGUAGES, type Brand, type Language } from '@consent-hub/psd2-protocol';
import { plainToInstance, Type } from 'class-transformer';
import {
  Equals,
  IsArray,
  IsIBAN,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  validateSync,
  ValidateNested,
  type ValidationError,
} from 'class-validator';
import { ACTIVITIES, type Activity } from '../transactions/account-month.context.js';

const CURRENCY = /^[A-Z]{3}$/;
const AMOUNT = /^-?\d+\.\d{2}$/;

class TestCompartment {
  @Matches(CURRENCY)
  currency: string;

  @Matches(AMOUNT)
  balance: string;
}

class TestAccount {
  @IsIBAN()
  iban: string;

  @IsString()
  @IsNotEmpty()
  label: string;

  /** At the start of every month. */
  @Matches(AMOUNT)
  balance: string;

  /** Where it is not the customer. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  holder?: string;

  /** Where it is not EUR. */
  @IsOptional()
  @Matches(CURRENCY)
  currency?: string;

  @IsOptional()
  @Equals(true)
  isSavings?: true;

  @IsOptional()
  @Equals(true)
  isBlocked?: true;

  /** Where it is not the account that a salary comes to. */
  @IsOptional()
  @IsIn(ACTIVITIES)
  activity?: Activity;

  /** The further currencies of a multi-currency account, whose first is the euro. */
  @IsOptional()
  @IsArray()
  @ValidateNested()
  @Type(() => TestCompartment)
  compartments?: TestCompartment[];

  /** A company's, and this customer, who does not represent it, was not enrolled for sharing it. */
  @IsOptional()
  @Equals(true)
  isNotEnrolled?: true;
}

/** An invented person, as the file of a brand describes them. */
class CustomerEntry {
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/)
  id: string;

  @IsString()
  @IsNotEmpty()
  name: string;

  @IsIn(LANGUAGES)
  language: Language;

  /** What a TPP must handle; for readers of the file. */
  @IsString()
  @IsNotEmpty()
  case: string;

  @IsArray()
  @ValidateNested()
  @Type(() => TestAccount)
  accounts: TestAccount[];
}

export type TestCustomer = CustomerEntry & { readonly brand: Brand };

/** Thrown at boot; names the file and everything that is wrong in it. */
export class CustomersFileError extends Error {
  constructor(file: string, faults: readonly string[], options?: ErrorOptions) {
    super(`The customers of ${file} cannot be enrolled: ${faults.join('; ')}`, options);
    this.name = 'CustomersFileError';
  }
}

/**
 * The customers of each brand, in the order in which the bank shows them.
 *
 * @throws CustomersFileError
 */
export const readCustomers = (directory = new URL('./customers/', import.meta.url)): TestCustomer[] =>
  BRANDS.flatMap((brand) => {
    const file = fileURLToPath(new URL(`${brand}.json`, directory));
    return readEntries(file).map((entry) => ({ ...entry, brand }));
  });

function readEntries(file: string): CustomerEntry[] {
  const plain = parse(file);
  if (!Array.isArray(plain)) throw new CustomersFileError(file, ['it is not a list']);
  const entries = plainToInstance(CustomerEntry, plain as unknown[]);
  const ids = new Set<string>();
  const faults = entries.flatMap((entry, position) => {
    if (!(entry instanceof CustomerEntry)) return [`entry ${position} is not an object`];
    const isRepeated = ids.size === ids.add(entry.id).size;
    return [
      ...faultsOf(validateSync(entry, { forbidNonWhitelisted: true, whitelist: true }), `${position}.`),
      ...(isRepeated ? [`${position}.id comes a second time`] : []),
    ];
  });
  if (faults.length > 0) throw new CustomersFileError(file, faults);
  return entries;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CustomersFileError(file, [cause instanceof Error ? cause.message : 'it cannot be read'], {
      cause,
    });
  }
}

const faultsOf = (errors: readonly ValidationError[], path: string): string[] =>
  errors.flatMap(({ property, constraints = {}, children = [] }) => [
    ...Object.values(constraints).map((text) => path + text),
    ...faultsOf(children, `${path}${property}.`),
  ]);
