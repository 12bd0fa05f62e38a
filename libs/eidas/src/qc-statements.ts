import { PSP_ROLES, type PspRole } from '@consent-hub/psd2-protocol';
import { type BaseBlock, ObjectIdentifier, PrintableString, Sequence, Utf8String } from 'asn1js';
import { itemsOf, objectIdentifierOf, readDer, textOf } from './der.js';

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
const TEXT_TYPES = { utf8String: Utf8String, printableString: PrintableString };
export type TextType = keyof typeof TEXT_TYPES;

/**
 * The value of a qcStatements extension of a QWAC: qualified, for websites, with the roles of PSD2.
 *
 * @param textType of the authority's name and id
 */
export function writeQcStatements(
  { roles, competentAuthority }: Required<Psd2Statement>,
  textType: TextType = 'utf8String',
): Buffer {
  const authorityText = (value: string) => new TEXT_TYPES[textType]({ value });
  const statements = sequence(
    sequence(identifier(QC_COMPLIANCE_OID)),
    sequence(identifier(QC_TYPE_OID), sequence(identifier(QC_TYPE_WEB_OID))),
    sequence(
      identifier(PSD2_OID),
      sequence(
        sequence(
          ...roles.map((role) => sequence(identifier(ROLE_OIDS[role]), new Utf8String({ value: role }))),
        ),
        authorityText(competentAuthority.name),
        authorityText(competentAuthority.id),
      ),
    ),
  );
  return Buffer.from(statements.toBER());
}

const sequence = (...value: BaseBlock[]): Sequence => new Sequence({ value });
const identifier = (value: string): ObjectIdentifier => new ObjectIdentifier({ value });

/**
 * Reads the PSD2 statement out of a qcStatements extension; without one the provider has no role. A role is identified by its
 * object identifier, the name next to it is for people; roles that PSD2 does not know are skipped.
 *
 * @throws CertificateError `malformed`
 */
export function readQcStatements(extension: Uint8Array): Psd2Statement {
  for (const statement of itemsOf(readDer(extension))) {
    const [oid, info] = itemsOf(statement);
    if (objectIdentifierOf(oid) !== PSD2_OID) continue;
    const [roles, name, id] = itemsOf(info);
    const oids = itemsOf(roles).map((role) => objectIdentifierOf(itemsOf(role)[0]));
    return {
      roles: PSP_ROLES.filter((role) => oids.includes(ROLE_OIDS[role])),
      competentAuthority: { name: textOf(name), id: textOf(id) },
    };
  }
  return { roles: [] };
}
