import { timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BANK_ERROR, HEADER, type Brand } from '@consent-hub/psd2-protocol';
import type { FastifyRequest } from 'fastify';
import { BankTerms } from '../books/bank-terms.js';
import { hashOf } from '../books/opaque-value.js';
import { TppBook, type Tpp } from '../books/tpp-book.js';
import { basicCredentials } from './basic-credentials.js';
import { keepCall, MachineCall } from './machine-call.js';
import { endpointOf, type Identification } from './endpoint.js';
import { MachineRequest } from './machine-request.js';
import { brandOf } from './machine-side.js';
import { peerCertificate } from './peer-certificate.js';
import { Refusal } from './refusal.js';
import { keepErrorStyle } from './refusal-answer.js';

/**
 * Lets a TPP in that is registered with this brand, shows its registered certificate, and, where the endpoint asks for
 * credentials, knows its secret (RFC 6749 section 2.3.1, RFC 8705 section 2). Which row of the error table refuses a
 * certificate is assumed: the bank's page is silent.
 */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly tpps: TppBook,
    private readonly terms: BankTerms,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { raw, query, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const brand = brandOf(raw);
    const certificate = peerCertificate(raw.socket, new Date());
    if (!brand || !certificate) throw new Refusal(BANK_ERROR.securityParameters);
    const request = new MachineRequest({ headers: raw.headersDistinct, query, body });
    const { identifiedBy, versions } = endpointOf(context);
    const version = request.version(versions, this.terms);
    keepErrorStyle(raw, version.errors);
    request.requestId(this.terms.assumptions.request_id);
    const tpp = await this.identify(brand, request, identifiedBy);
    if (tpp?.certificateFingerprint !== certificate.fingerprint) throw new Refusal(BANK_ERROR.invalidClient);
    keepCall(context, new MachineCall(request, tpp, version.scopes, version.name, certificate.roles));
    return true;
  }

  private identify(brand: Brand, request: MachineRequest, by: Identification): Promise<Tpp | null> {
    return by === 'client_id'
      ? this.tpps.findTpp(brand, request.header(HEADER.clientId))
      : this.authenticate(brand, request.header(HEADER.authorization));
  }

  private async authenticate(brand: Brand, authorization: string): Promise<Tpp | null> {
    for (const { clientId, clientSecret } of basicCredentials(authorization)) {
      const tpp = await this.tpps.findTpp(brand, clientId);
      if (tpp && timingSafeEqual(tpp.secretHash, hashOf(clientSecret))) return tpp;
    }
    return null;
  }
}
