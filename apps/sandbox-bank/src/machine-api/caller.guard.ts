import { timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BANK_ERROR, HEADER, type BankErrorRow, type Brand } from '@consent-hub/psd2-protocol';
import type { FastifyRequest } from 'fastify';
import type { Assumptions } from '../model/settings/assumptions.js';
import { BankSettings } from '../model/settings/bank.settings.js';
import { hashOf } from '../model/secrets.js';
import { TppCallRepository } from '../model/tpps/tpp-call.repository.js';
import { TppRepository, type CallingTpp } from '../model/tpps/tpp.repository.js';
import { basicCredentials, peerCertificate } from './caller-credentials.js';
import { setCall, MachineCall } from './machine-call.context.js';
import { endpointOf, type Identification } from './endpoint.js';
import { MachineRequest } from './machine.request.js';
import { brandOf } from './machine-side.js';
import { Refusal } from './refusal.error.js';

const MISSING_CREDENTIALS = {
  missing_header: BANK_ERROR.missingHeader,
  invalid_client: BANK_ERROR.invalidClient,
} as const satisfies Record<Assumptions['missing_credentials'], BankErrorRow>;

/**
 * Admits a TPP that is registered with this brand, presents its registered certificate, and, where the endpoint requires
 * credentials, its secret (RFC 6749 section 2.3.1, RFC 8705 section 2). Assumed, the bank's page is silent: which row of
 * the error table refuses a certificate.
 */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly tpps: TppRepository,
    private readonly settings: BankSettings,
    private readonly calls: TppCallRepository,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const received = context.switchToHttp().getRequest<FastifyRequest>();
    const { raw, query, body } = received;
    const brand = brandOf(raw);
    const certificate = peerCertificate(raw.socket, new Date());
    if (!brand || !certificate) throw new Refusal(BANK_ERROR.securityParameters);
    const request = new MachineRequest({ headers: raw.headersDistinct, query, body });
    const endpoint = endpointOf(received);
    if (!endpoint) throw new Error('The route is not declared as a machine endpoint');
    const version = request.version(endpoint.versions, this.settings);
    const requestId = request.requestId(this.settings.assumptions.request_id);
    const tpp = await this.identify(brand, request, endpoint.identifiedBy);
    if (tpp?.certificateFingerprint !== certificate.fingerprint) throw new Refusal(BANK_ERROR.invalidClient);
    await this.requireFirst(tpp, requestId);
    setCall(context, new MachineCall(request, tpp, version.scopes, version.name, certificate.roles));
    return true;
  }

  private identify(brand: Brand, request: MachineRequest, by: Identification): Promise<CallingTpp | null> {
    return by === 'client_id'
      ? this.tpps.findTpp(brand, request.header(HEADER.clientId))
      : this.authenticate(brand, this.credentials(request));
  }

  private credentials(request: MachineRequest): string {
    const input = HEADER.authorization;
    const credentials = request.optionalHeader(input);
    if (credentials === undefined)
      throw new Refusal(MISSING_CREDENTIALS[this.settings.assumptions.missing_credentials], { input });
    return credentials;
  }

  /** The bank wants a Request-ID of its own for each call (bank page "reference"). */
  private async requireFirst({ id }: CallingTpp, requestId: string): Promise<void> {
    if (this.settings.assumptions.duplicate_request_id === 'accepted') return;
    if (!(await this.calls.isFirst(id, requestId)))
      throw new Refusal(BANK_ERROR.invalidHeader, { input: HEADER.requestId });
  }

  private async authenticate(brand: Brand, authorization: string): Promise<CallingTpp | null> {
    for (const { clientId, clientSecret } of basicCredentials(authorization)) {
      const tpp = await this.tpps.findTpp(brand, clientId);
      if (tpp && timingSafeEqual(tpp.secretHash, hashOf(clientSecret))) return tpp;
    }
    return null;
  }
}
