import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readPspCertificate, type PspCertificate } from '@consent-hub/eidas';
import { BRANDS, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { plainToInstance } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  validateSync,
} from 'class-validator';
import { hashOf } from '../secrets.js';
import { isRedirectUri, type Tpp } from './tpp.repository.js';

/** One TPP of the file that `SANDBOX_CLIENTS_FILE` names. */
class ClientEntry {
  @IsIn(BRANDS)
  brand: Brand;

  @Matches(/^[\x20-\x7e]+$/)
  client_id: string;

  @IsString()
  @IsNotEmpty()
  client_secret: string;

  /** What customers see of it; default: the common name of its certificate. */
  @IsOptional()
  @Matches(/^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,100}$/u)
  name?: string;

  /** PEM; relative to the file that names it. */
  @IsString()
  @IsNotEmpty()
  tls_cert_file: string;

  @IsArray()
  @ArrayNotEmpty()
  @IsString({ each: true })
  redirect_uris: string[];
}

/** Thrown at boot; names the file and what is wrong in it, without its values: some are secret. */
export class ClientsFileError extends Error {
  constructor(file: string, fault: string, options?: ErrorOptions) {
    super(`The clients of ${file} cannot all be registered: ${fault}`, options);
    this.name = 'ClientsFileError';
  }
}

/** The TPPs that can be registered, and one fault for each of the others. */
export interface ReadClients {
  readonly clients: readonly Omit<Tpp, 'id'>[];
  readonly faults: readonly ClientsFileError[];
}

/**
 * Reads the TPPs of the bank, each with its certificate. One that cannot be registered does not stop the others.
 *
 * @throws ClientsFileError when the file is no list of clients, or none of them can be registered
 */
export async function readClientsFile(file: string): Promise<ReadClients> {
  const entries = await readEntries(file);
  const read = await Promise.allSettled(entries.map((entry, position) => readTpp(file, entry, position)));
  const clients = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const faults = read.flatMap((one) => (one.status === 'rejected' ? [faultOf(one.reason)] : []));
  const [first] = faults;
  if (first && clients.length === 0) throw first;
  return { clients, faults };
}

function faultOf(error: unknown): ClientsFileError {
  if (error instanceof ClientsFileError) return error;
  throw error;
}

async function readEntries(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ClientsFileError(file, 'the file cannot be read', { cause });
  });
  const entries = parse(text);
  if (entries === undefined) throw new ClientsFileError(file, 'it is not JSON');
  if (!Array.isArray(entries)) throw new ClientsFileError(file, 'it is not a list');
  return entries as unknown[];
}

/** Without the message of JSON.parse, which quotes the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readTpp(file: string, plain: unknown, position: number): Promise<Omit<Tpp, 'id'>> {
  const entry = plainToInstance(ClientEntry, plain);
  if (!(entry instanceof ClientEntry)) throw new ClientsFileError(file, `entry ${position} is not an object`);
  const faults = validateSync(entry, { forbidUnknownValues: true }).map(({ property }) => property);
  const name = faults.includes('client_id') ? `entry ${position}` : `entry ${position}, ${entry.client_id},`;
  if (faults.length > 0) throw new ClientsFileError(file, `${name} has no good ${faults.join(', ')}`);
  if (!entry.redirect_uris.every(isRedirectUri)) {
    throw new ClientsFileError(file, `${name} has a redirect URI that is not absolute or has a fragment`);
  }
  const certificate = await readCertificate(file, entry);
  return {
    brand: entry.brand,
    clientId: entry.client_id,
    name: entry.name ?? certificate.commonName ?? certificate.organizationIdentifier ?? entry.client_id,
    secretHash: hashOf(new Secret(entry.client_secret)),
    certificateFingerprint: certificate.fingerprint,
    organizationIdentifier: certificate.organizationIdentifier ?? null,
    redirectUris: entry.redirect_uris,
  };
}

async function readCertificate(file: string, entry: ClientEntry): Promise<PspCertificate> {
  const path = resolve(dirname(file), entry.tls_cert_file);
  try {
    return readPspCertificate(await readFile(path));
  } catch (cause) {
    const fault = `${path} of ${entry.client_id} holds no certificate that can be read`;
    throw new ClientsFileError(file, fault, { cause });
  }
}
