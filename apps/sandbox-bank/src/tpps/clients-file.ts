import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readPspCertificate, type PspCertificate } from '@consent-hub/eidas';
import { BRANDS, Secret, type Brand } from '@consent-hub/psd2-protocol';
import { plainToInstance } from 'class-transformer';
import { ArrayNotEmpty, IsArray, IsIn, IsNotEmpty, IsString, Matches, validateSync } from 'class-validator';
import { hashOf } from '../books/opaque-value.js';
import { isRedirectUri } from '../books/redirect-uri.js';
import type { Tpp } from '../books/tpp-book.js';

/** One TPP of the file that `SANDBOX_CLIENTS_FILE` names. */
class ClientEntry {
  @IsIn(BRANDS)
  brand: Brand;

  @Matches(/^[\x20-\x7e]+$/)
  client_id: string;

  @IsString()
  @IsNotEmpty()
  client_secret: string;

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
    super(`The clients of ${file} cannot be registered: ${fault}`, options);
    this.name = 'ClientsFileError';
  }
}

/**
 * Reads who is a TPP of the bank, each with its certificate.
 *
 * @throws ClientsFileError
 */
export async function readClientsFile(file: string): Promise<Omit<Tpp, 'id'>[]> {
  const clients = await readEntries(file);
  return Promise.all(clients.map((entry, position) => readTpp(file, entry, position)));
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

/** Without the words of JSON.parse, which quote what they could not read. */
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
  if (faults.length > 0)
    throw new ClientsFileError(file, `entry ${position} has no good ${faults.join(', ')}`);
  if (!entry.redirect_uris.every(isRedirectUri)) {
    throw new ClientsFileError(
      file,
      `entry ${position} has a redirect URI that is not absolute or has a fragment`,
    );
  }
  const certificate = await readCertificate(file, entry.tls_cert_file);
  return {
    brand: entry.brand,
    clientId: entry.client_id,
    name: certificate.commonName ?? certificate.organizationIdentifier ?? entry.client_id,
    secretHash: hashOf(new Secret(entry.client_secret)),
    certificateFingerprint: certificate.fingerprint,
    organizationIdentifier: certificate.organizationIdentifier ?? null,
    redirectUris: entry.redirect_uris,
  };
}

async function readCertificate(file: string, certificateFile: string): Promise<PspCertificate> {
  const path = resolve(dirname(file), certificateFile);
  try {
    return readPspCertificate(await readFile(path));
  } catch (cause) {
    throw new ClientsFileError(file, `${path} holds no certificate that can be read`, { cause });
  }
}
