import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import {
  readValidity,
  validityStateAt,
  type CertificateValidity,
  type ValidityState,
} from '@consent-hub/eidas';
import { BRANDS, type Brand } from '@consent-hub/psd2-protocol';
import type { BankClientSettings } from './settings.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How the certificate stands that the hub shows to one brand of the bank. */
export interface ClientCertificate {
  readonly brand: Brand;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly state: ValidityState;
  /** Until `notAfter`; negative once that has passed. */
  readonly secondsLeft: number;
}

/**
 * The dates of the client certificates: a bank refuses the handshake of one that is over, and says no more than that. Said in
 * the log at the start, and when one comes to its end while the hub runs; health and metrics tell them as well.
 */
@Injectable()
export class ClientCertificates implements OnModuleInit {
  private readonly logger = new Logger(ClientCertificates.name);
  private readonly said = new Map<Brand, ValidityState>();

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly validities: ReadonlyMap<Brand, CertificateValidity>,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws CertificateError when a file cannot be read, or holds no certificate */
  static read({ banks }: Pick<BankClientSettings, 'banks'>): ClientCertificates {
    return new ClientCertificates(
      new Map(BRANDS.map((brand) => [brand, readValidity(banks[brand].tls.certFile)])),
    );
  }

  list(): ClientCertificate[] {
    const now = this.now();
    return [...this.validities].map(([brand, validity]) => ({
      brand,
      ...validity,
      state: validityStateAt(validity, now),
      secondsLeft: Math.floor((validity.notAfter.getTime() - now) / 1000),
    }));
  }

  /** A sentence for each certificate that somebody should look at. */
  warnings(): string[] {
    return this.list().flatMap((certificate) => describe(certificate) ?? []);
  }

  onModuleInit(): void {
    this.check();
  }

  /** Says what has changed since it was last said. */
  @Interval(HOUR_MS)
  check(): void {
    for (const certificate of this.list()) {
      const { brand, state, notBefore, notAfter } = certificate;
      const text = describe(certificate);
      if (text !== null && this.said.get(brand) !== state) {
        const line = {
          msg: text,
          brand,
          notBefore: notBefore.toISOString(),
          notAfter: notAfter.toISOString(),
        };
        if (state === 'expires_soon') this.logger.warn(line);
        else this.logger.error(line);
      }
      this.said.set(brand, state);
    }
  }
}

function describe({ brand, state, notBefore, notAfter, secondsLeft }: ClientCertificate): string | null {
  const name = `The client certificate for ${brand}`;
  switch (state) {
    case 'valid':
      return null;
    case 'expires_soon':
      return `${name} expires in ${Math.floor((secondsLeft * 1000) / DAY_MS)} days, at ${notAfter.toISOString()}.`;
    case 'expired':
      return `${name} has expired, at ${notAfter.toISOString()}: the bank will accept no connection.`;
    case 'not_yet_valid':
      return `${name} is not valid before ${notBefore.toISOString()}: the bank will accept no connection.`;
  }
}
