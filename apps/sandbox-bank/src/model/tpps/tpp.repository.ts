import { Injectable } from '@nestjs/common';
import { newId, runNamed, type NamedStatement } from '@consent-hub/platform';
import type { Brand } from '@consent-hub/psd2-protocol';
import { DataSource } from 'typeorm';
import { isFaultSetFor } from '../faults/fault.repository.js';

/** A third-party provider as one brand of the bank registered it. */
export interface Tpp {
  readonly id: string;
  readonly brand: Brand;
  readonly clientId: string;
  /** The name that its customers see. */
  readonly name: string;
  /** SHA-256. */
  readonly secretHash: Buffer;
  /** SHA-256 over the DER of its certificate, in hex. */
  readonly certificateFingerprint: string;
  readonly organizationIdentifier: string | null;
  readonly redirectUris: readonly string[];
}

/** A TPP whose call is handled. */
export interface CallingTpp extends Tpp {
  /**
   * Whether a fault is set that may apply to its calls. Read with the rest, so that calls without faults need no further
   * query.
   */
  readonly isExposedToFaults: boolean;
}

/** What the statements of other tables read of TPPs: SQL that names a table is in its owner's folder. */
export const TPPS = `(SELECT id, brand, client_id, name FROM bank.tpp)`;

/** The first statement of every call of the machine API. */
const FIND_TPP: NamedStatement = {
  name: 'find_tpp',
  text: `
    SELECT id, brand, client_id AS "clientId", name, secret_hash AS "secretHash",
           certificate_fingerprint AS "certificateFingerprint",
           organization_identifier AS "organizationIdentifier", redirect_uris AS "redirectUris",
           ${isFaultSetFor('t.brand')} AS "isExposedToFaults"
      FROM bank.tpp t WHERE brand = $1 AND client_id = $2`,
};

/** The TPPs that may call. */
@Injectable()
export class TppRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Registers a TPP, or updates it; its id, and with it its tokens, stay. */
  async register(tpp: Omit<Tpp, 'id'>): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO bank.tpp
         (id, brand, client_id, name, secret_hash, certificate_fingerprint, organization_identifier, redirect_uris)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (brand, client_id) DO UPDATE
          SET name = EXCLUDED.name, secret_hash = EXCLUDED.secret_hash,
              certificate_fingerprint = EXCLUDED.certificate_fingerprint,
              organization_identifier = EXCLUDED.organization_identifier, redirect_uris = EXCLUDED.redirect_uris`,
      [
        newId(),
        tpp.brand,
        tpp.clientId,
        tpp.name,
        tpp.secretHash,
        tpp.certificateFingerprint,
        tpp.organizationIdentifier,
        tpp.redirectUris,
      ],
    );
  }

  async findTpp(brand: Brand, clientId: string): Promise<CallingTpp | null> {
    const [found] = await runNamed<CallingTpp>(this.dataSource, FIND_TPP, [brand, clientId]);
    return found ?? null;
  }
}

/** RFC 6749 section 3.1.2: absolute, without a fragment. RFC 8252 section 7.1: the scheme may be an app's own. */
const ABSOLUTE = /^(?!(?:javascript|data|vbscript):)[a-z][a-z0-9+.-]*:[^\s#]+$/i;

/** Whether a PSU's browser can be sent back to it. */
export const isRedirectUri = (text: string): boolean => ABSOLUTE.test(text) && URL.canParse(text);
