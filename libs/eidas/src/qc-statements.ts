import { PSP_ROLES, type PspRole } from '@consent-hub/psd2-protocol';
import {
  readDerValues,
  readObjectIdentifier,
  readSequence,
  readText,
  writeObjectIdentifier,
  writeSequence,
  writeText,
} from './der.js';

/** id-pe-qcStatements (RFC 3739 section 3.2.6). */
export const QC_STATEMENTS_OID = '1.3.6.1.5.5.7.1.3';

const QC_COMPLIANCE_OID = '0.4.0.1862.1.1';
const QC_TYPE_OID = '0.4.0.1862.1.6';
const QC_TYPE_WEB_OID = '0.4.0.1862.1.6.3';
const PSD2_OID = '0.4.0.19495.2';
/** ETSI TS 119 495 clause 4.2.1, in the order of `PSP_ROLES`: account servicing, initiation, information, card issuing. */
const ROLE_OIDS: Record<PspRole, string> = {
  PSP_AS: '0.4.0.19495.1.1',
  PSP_PI: '0.4.0.19495.1.2',
  PSP_AI: '0.4.0.19495.1.3',
  PSP_IC: '0.4.0.19495.1.4',
};

/** The authority that licensed the provider, for instance `NBB` / `BE-NBB` (ETSI TS 119 495 clause 4.2.3). */
export interface CompetentAuthority {
  readonly name: string;
  readonly id: string;
}

/** What a qualified certificate says of a payment service provider. */
export interface Psd2Statement {
  readonly roles: readonly PspRole[];
  readonly competentAuthority?: CompetentAuthority;
}

/** As ETSI TS 119 495 prescribes, and as some authorities write names all the same. */
export type TextType = 'utf8String' | 'printableString';

/**
 * The value of a qcStatements extension of a QWAC: qualified, for websites, with the roles of PSD2.
 *
 * @param textType of the authority's name and id
 */
export function writeQcStatements(
  statement: Required<Psd2Statement>,
  textType: TextType = 'utf8String',
): Buffer {
  const roles = statement.roles.map((role) =>
    writeSequence(writeObjectIdentifier(ROLE_OIDS[role]), writeText(role)),
  );
  return writeSequence(
    writeSequence(writeObjectIdentifier(QC_COMPLIANCE_OID)),
    writeSequence(writeObjectIdentifier(QC_TYPE_OID), writeSequence(writeObjectIdentifier(QC_TYPE_WEB_OID))),
    writeSequence(
      writeObjectIdentifier(PSD2_OID),
      writeSequence(
        writeSequence(...roles),
        writeText(statement.competentAuthority.name, textType),
        writeText(statement.competentAuthority.id, textType),
      ),
    ),
  );
}

/**
 * Reads the PSD2 statement out of a qcStatements extension; without one the provider has no role. A role is told by its
 * object identifier, the name beside it is for people; roles that PSD2 does not know are passed over.
 *
 * @throws CertificateError `malformed`
 */
export function readQcStatements(extension: Buffer): Psd2Statement {
  const [list] = readDerValues(extension);
  for (const statement of readSequence(list)) {
    const [oid, info] = readSequence(statement);
    if (readObjectIdentifier(oid) !== PSD2_OID) continue;
    const [roles, name, id] = readSequence(info);
    const oids = readSequence(roles).map((role) => readObjectIdentifier(readSequence(role)[0]));
    return {
      roles: PSP_ROLES.filter((role) => oids.includes(ROLE_OIDS[role])),
      competentAuthority: { name: readText(name), id: readText(id) },
    };
  }
  return { roles: [] };
}
