import { X509Certificate } from 'node:crypto';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createCertificateAuthority, issueClientCertificate } from '@consent-hub/eidas';
import { peerCertificate } from './peer-certificate.js';

const NOT_BEFORE = new Date('2026-01-01T00:00:00Z');
const NOT_AFTER = new Date('2026-02-01T00:00:00Z');
const validity = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };

/** A connection after its handshake, of which the bank asks two things. */
const connection = (authorized: boolean, certificate: X509Certificate | undefined): TLSSocket =>
  Object.create(TLSSocket.prototype, {
    authorized: { value: authorized },
    getPeerX509Certificate: { value: () => certificate },
  }) as TLSSocket;

describe('the certificate of the other side', () => {
  let certificate: X509Certificate;

  beforeAll(async () => {
    const authority = await createCertificateAuthority({ commonName: 'Authority', ...validity });
    const request = { commonName: 'TPP', roles: ['PSP_AI'] as const, ...validity };
    certificate = new X509Certificate((await issueClientCertificate(authority, request)).certificate);
  });

  it('is read with its roles while it is valid, from its first second to its last', () => {
    const socket = connection(true, certificate);
    expect(peerCertificate(socket, NOT_BEFORE)).toMatchObject({ commonName: 'TPP', roles: ['PSP_AI'] });
    expect(peerCertificate(socket, NOT_AFTER)).toMatchObject({ commonName: 'TPP' });
  });

  it('is none once it has ended, though the connection that it opened goes on', () => {
    const socket = connection(true, certificate);
    expect(peerCertificate(socket, NOT_AFTER)).not.toBeNull();
    expect(peerCertificate(socket, new Date(NOT_AFTER.getTime() + 1))).toBeNull();
  });

  it('is none before it begins', () => {
    expect(peerCertificate(connection(true, certificate), new Date(NOT_BEFORE.getTime() - 1))).toBeNull();
  });

  it('is none when the handshake did not trust it', () => {
    expect(peerCertificate(connection(false, certificate), NOT_BEFORE)).toBeNull();
  });

  it('is none when it was not shown, or the connection is plain', () => {
    expect(peerCertificate(connection(true, undefined), NOT_BEFORE)).toBeNull();
    expect(peerCertificate(new Socket(), NOT_BEFORE)).toBeNull();
  });
});
