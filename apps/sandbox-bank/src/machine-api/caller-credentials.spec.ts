import { X509Certificate } from 'node:crypto';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createCertificateAuthority, issueClientCertificate } from '@consent-hub/eidas';
import { basicCredentials, peerCertificate } from './caller-credentials.js';

const readings = (authorization: string): [string, string][] =>
  basicCredentials(authorization).map(({ clientId, clientSecret }) => [clientId, clientSecret.reveal()]);
const basic = (text: string, scheme = 'Basic'): string => `${scheme} ${Buffer.from(text).toString('base64')}`;

describe('Basic credentials', () => {
  it.each(['Basic', 'basic', 'BASIC'])('are read after the scheme %s', (scheme) => {
    expect(readings(basic('id:secret', scheme))).toEqual([['id', 'secret']]);
  });

  it('end the id at the first colon', () => {
    expect(readings(basic('id:se:cret'))).toEqual([['id', 'se:cret']]);
  });

  it('may have an empty secret', () => {
    expect(readings(basic('id:'))).toEqual([['id', '']]);
  });

  it('are read percent-decoded first, and then as they are', () => {
    expect(readings(basic('i%64:se+cr%3Aet'))).toEqual([
      ['id', 'se cr:et'],
      ['i%64', 'se+cr%3Aet'],
    ]);
  });

  it('are read as they are when a percent sign encodes nothing', () => {
    expect(readings(basic('id:100%'))).toEqual([['id', '100%']]);
  });

  it.each([
    ['another scheme', 'Bearer aWQ6c2VjcmV0'],
    ['no scheme', 'aWQ6c2VjcmV0'],
    ['nothing after the scheme', 'Basic '],
    ['what is no base64', 'Basic id:secret'],
    ['no colon', basic('id')],
    ['no id', basic(':secret')],
    ['a control character in the id', basic('i\u0000d:secret')],
    ['letters beyond ASCII in the id', basic('ïd:secret')],
  ])('are not read from %s', (_what, authorization) => expect(readings(authorization)).toEqual([]));

  it('are not read with an encoded control character in the id', () => {
    expect(readings(basic('i%00d:secret'))).toEqual([['i%00d', 'secret']]);
  });
});

const NOT_BEFORE = new Date('2026-01-01T00:00:00Z');
const NOT_AFTER = new Date('2026-02-01T00:00:00Z');
const validity = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };

/** A connection after its handshake, of which the bank asks two things. */
const connection = (authorized: boolean, certificate: X509Certificate | undefined): TLSSocket =>
  Object.create(TLSSocket.prototype, {
    authorized: { value: authorized },
    getPeerX509Certificate: { value: () => certificate },
  }) as TLSSocket;

describe('the certificate of the peer', () => {
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

  it('is none once it has expired, though the connection that it opened is still open', () => {
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
