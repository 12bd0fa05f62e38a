import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  CertificateError,
  checkMtls,
  mtlsOptions,
  readCertificates,
  readMtls,
  readPspCertificate,
  validityStateAt,
  type CertificateSummary,
  type CertificateValidity,
  type MtlsFiles,
  type MtlsOptions,
  type ValidityState,
} from '@consent-hub/eidas';
import { describeError } from '@consent-hub/platform';
import { BRANDS, type Brand, type PspRole } from '@consent-hub/psd2-protocol';
import type { BankClientSettings } from './settings.js';

const DAY_MS = 86_400_000;
/** A certificate that comes to its end is logged when so many days are left. */
const WARNING_DAYS = [1, 7, 14, 30];

/** A certificate, and how it stands now. */
export interface DatedCertificate extends CertificateSummary {
  readonly state: ValidityState;
  /** Until `notAfter`; negative once that has passed. */
  readonly secondsLeft: number;
}

/** The certificate that the hub shows to one brand of the bank, and the authorities that it trusts there. */
export interface ClientCertificate extends DatedCertificate {
  readonly brand: Brand;
  /** ETSI TS 119 495 clause 5.2.1, e.g. `PSDBE-NBB-0123456789`. */
  readonly organizationIdentifier: string | null;
  readonly roles: readonly PspRole[];
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
  readonly loadedAt: Date;
  readonly authorities: readonly DatedCertificate[];
  /** Why the files as they are now are not in use; null: they are. */
  readonly refusal: string | null;
}

/** What is in use for a brand. */
interface Loaded extends Omit<
  ClientCertificate,
  'brand' | 'state' | 'secondsLeft' | 'refusal' | 'authorities'
> {
  readonly options: MtlsOptions;
  readonly authorities: readonly CertificateSummary[];
}

interface Refusal {
  readonly text: string;
  readonly isLogged: boolean;
}

/** Takes other certificates and keys into use. Throws where TLS cannot use them. */
type Renewal = (brand: Brand, options: MtlsOptions) => void;

/**
 * The client certificates: a bank refuses the handshake of one that has expired, and says only that. They are logged when one
 * comes to its end; health, metrics and the API show them. Files that change are taken into use without a restart, when they fit
 * together and are in force; else those before stay in use, and the refusal is logged.
 */
@Injectable()
export class ClientCertificates implements OnModuleInit {
  private readonly logger = new Logger(ClientCertificates.name);
  private readonly loaded = new Map<Brand, Loaded>();
  private readonly refusals = new Map<Brand, Refusal>();
  /** The last step of each certificate that was logged. */
  private readonly steps = new Map<string, string>();
  private readonly renewals: Renewal[] = [];

  /**
   * @param files read at once
   * @param now milliseconds since 1970
   * @throws CertificateError when they cannot be used
   */
  constructor(
    private readonly files: ReadonlyMap<Brand, MtlsFiles>,
    private readonly now: () => number = Date.now,
  ) {
    for (const [brand, each] of files) this.loaded.set(brand, this.describe(mtlsOptions(each), each));
  }

  /** @throws CertificateError when a file cannot be used */
  static read({ banks }: Pick<BankClientSettings, 'banks'>): ClientCertificates {
    return new ClientCertificates(new Map(BRANDS.map((brand) => [brand, banks[brand].tls])));
  }

  /** What is in use now. */
  optionsOf(brand: Brand): MtlsOptions {
    const loaded = this.loaded.get(brand);
    if (!loaded) throw new Error(`there is no client certificate for ${brand}`);
    return loaded.options;
  }

  /** Calls `renewal` whenever other files are taken into use. */
  onRenewed(renewal: Renewal): void {
    this.renewals.push(renewal);
  }

  list(): ClientCertificate[] {
    const now = this.now();
    return [...this.loaded].map(([brand, { options: _options, authorities, ...certificate }]) => ({
      brand,
      ...certificate,
      ...standing(certificate, now),
      authorities: authorities.map((authority) => ({ ...authority, ...standing(authority, now) })),
      refusal: this.refusals.get(brand)?.text ?? null,
    }));
  }

  /** A sentence for each certificate that needs attention. */
  warnings(): string[] {
    return this.list().flatMap((certificate) => [
      ...nameOf(certificate).flatMap(([name, each]) => sentenceOf(name, each) ?? []),
      ...(certificate.refusal === null ? [] : [certificate.refusal]),
    ]);
  }

  onModuleInit(): void {
    this.check();
  }

  /**
   * Reads the files again, and takes into use what has changed and can be used.
   *
   * @param isFinal false: files that do not fit together may be about to be replaced one after the other, and are logged only
   *   when they are found so again
   */
  async reload(isFinal: boolean): Promise<void> {
    for (const [brand, files] of this.files) await this.look(brand, files, isFinal);
  }

  /** Logs the certificates that have come nearer to their end since the last time. */
  check(): void {
    for (const certificate of this.list())
      for (const [name, each] of nameOf(certificate)) {
        const text = sentenceOf(name, each);
        const step = stepOf(each);
        if (text !== null && this.steps.get(name) !== step) {
          const { state, notBefore, notAfter } = each;
          const line = {
            msg: text,
            brand: certificate.brand,
            notBefore: notBefore.toISOString(),
            notAfter: notAfter.toISOString(),
          };
          if (state === 'expires_soon') this.logger.warn(line);
          else this.logger.error(line);
        }
        this.steps.set(name, step);
      }
  }

  private async look(brand: Brand, files: MtlsFiles, isFinal: boolean): Promise<void> {
    const before = this.loaded.get(brand);
    if (!before) return;
    try {
      const options = await readMtls(files);
      if (!isSame(options, before.options)) {
        const next = this.describe(checkMtls(options, files), files);
        this.assertInForce(next, before, files);
        for (const renew of this.renewals) renew(brand, options);
        this.loaded.set(brand, next);
        const { subject, fingerprint, notAfter } = next;
        const facts = { brand, subject, fingerprint, notAfter: notAfter.toISOString() };
        this.logger.log({ msg: 'client certificate renewed', ...facts });
      }
      this.refusals.delete(brand);
    } catch (error) {
      this.refuse(brand, error, isFinal);
    }
  }

  private refuse(brand: Brand, error: unknown, isFinal: boolean): void {
    const reason = error instanceof CertificateError ? error.message : describeError(error).message;
    const text = `The files of the client certificate for ${brand} are not taken into use, those before stay: ${reason}.`;
    const known = this.refusals.get(brand);
    const isKnown = known?.text === text;
    const isDue = isFinal || isKnown;
    if (isDue && !(isKnown && known.isLogged)) this.logger.error({ msg: text, brand });
    this.refusals.set(brand, { text, isLogged: isDue });
  }

  /** A bank would refuse every handshake with one that is not in force, where the one before still serves. */
  private assertInForce(next: Loaded, before: Loaded, { certFile }: MtlsFiles): void {
    const [isNextInForce, isInForce] = [next, before].map((each) => {
      const state = validityStateAt(each, this.now());
      return state === 'valid' || state === 'expires_soon';
    });
    if (isNextInForce || !isInForce) return;
    const { notBefore, notAfter } = next;
    throw new CertificateError(
      'not_in_force',
      `${certFile} holds from ${notBefore.toISOString()} to ${notAfter.toISOString()} alone`,
    );
  }

  private describe(options: MtlsOptions, { certFile, caFile }: MtlsFiles): Loaded {
    const [own] = readCertificates(options.cert, certFile);
    if (!own) throw new CertificateError('not_pem', `${certFile} holds no certificate in PEM`);
    const { organizationIdentifier = null, roles, fingerprint } = readPspCertificate(options.cert);
    return {
      ...own,
      organizationIdentifier,
      roles,
      fingerprint,
      loadedAt: new Date(this.now()),
      authorities: readCertificates(options.ca, caFile),
      options,
    };
  }
}

const standing = (
  certificate: CertificateValidity,
  now: number,
): Pick<DatedCertificate, 'state' | 'secondsLeft'> => ({
  state: validityStateAt(certificate, now),
  secondsLeft: Math.floor((certificate.notAfter.getTime() - now) / 1000),
});

const isSame = (one: MtlsOptions, other: MtlsOptions): boolean =>
  one.cert.equals(other.cert) && one.key.equals(other.key) && one.ca.equals(other.ca);

/** All certificates for a brand, each with its name in sentences. */
const nameOf = (certificate: ClientCertificate): [string, DatedCertificate][] => [
  [`The client certificate for ${certificate.brand}`, certificate],
  ...certificate.authorities.map((authority): [string, DatedCertificate] => [
    `The authority ${authority.subject} for ${certificate.brand}`,
    authority,
  ]),
];

/** Changes whenever there is something new to log. */
function stepOf({ state, secondsLeft }: DatedCertificate): string {
  if (state !== 'expires_soon') return state;
  const days = WARNING_DAYS.find((each) => secondsLeft * 1000 < each * DAY_MS);
  return `${state}:${days}`;
}

function sentenceOf(
  name: string,
  { state, notBefore, notAfter, secondsLeft }: DatedCertificate,
): string | null {
  switch (state) {
    case 'valid':
      return null;
    case 'expires_soon':
      return `${name} expires in ${Math.floor((secondsLeft * 1000) / DAY_MS)} days, at ${notAfter.toISOString()}.`;
    case 'expired':
      return `${name} has expired, at ${notAfter.toISOString()}: no connection to the bank can be made.`;
    case 'not_yet_valid':
      return `${name} is not valid before ${notBefore.toISOString()}: no connection to the bank can be made.`;
  }
}
