import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import {
  createCertificateAuthority,
  issueClientCertificate,
  type KeyedCertificate,
  type Validity,
} from './certificate-authority.js';
import { ensureDevelopmentCertificates, type DevelopmentCertificates } from './development-certificates.js';
import { mtlsOptions, type MtlsFiles, type MtlsOptions } from './mtls-options.js';
import { readPspCertificate } from './psp-certificate.js';

describe('options of mutual TLS', () => {
  let dir: string;
  let files: DevelopmentCertificates;
  let belfius: MtlsFiles;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'eidas-'));
    files = await ensureDevelopmentCertificates(dir);
    belfius = { ...files.clients.belfius, caFile: files.caFile };
  });
  afterAll(() => rm(dir, { recursive: true }));

  it.each(['certFile', 'keyFile', 'caFile'] as const)('name a missing %s', (property) => {
    const missing = join(dir, 'missing.pem');

    expect(() => mtlsOptions({ ...belfius, [property]: missing })).toThrow(refusal('file_missing', missing));
  });

  it.each(['certFile', 'keyFile', 'caFile'] as const)(
    'name a %s that is no PEM, without quoting it',
    async (property) => {
      const file = join(dir, 'not-pem.pem');
      await writeFile(file, 'top secret text');

      const refused = (): unknown => mtlsOptions({ ...belfius, [property]: file });

      expect(refused).toThrow(refusal('not_pem', file));
      expect(refused).not.toThrow(/top secret/);
    },
  );

  it('refuse a key that belongs to another certificate', () => {
    expect(() => mtlsOptions({ ...belfius, keyFile: files.clients.banx.keyFile })).toThrow(
      refusal('key_mismatch', files.clients.banx.keyFile),
    );
  });

  describe('in a handshake', () => {
    let server: Server;

    beforeEach(async () => {
      const tls = mtlsOptions({ ...files.server, caFile: files.caFile });
      // As a bank that wants to answer, not to hang up: the verdict is on the socket.
      server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it('show the server who the client is', async () => {
      const peer = await handshake(mtlsOptions(belfius));

      expect(peer.authorized).toBe(true);
      expect(readPspCertificate(peer.getPeerCertificate().raw).commonName).toMatch(/belfius/);
    });

    it('are refused when another authority issued the certificate of the client', async () => {
      const foreign = await createCertificateAuthority({ commonName: 'Foreign CA', ...minutes(-1, 1) });

      const peer = await handshake(await issuedBy(foreign, minutes(-1, 1)));

      expect(peer.authorized).toBe(false);
      expect(peer.authorizationError).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    });

    it('are refused when the certificate of the client has ended', async () => {
      const authority = {
        certificate: await readFile(files.caFile, 'utf8'),
        key: await readFile(files.caKeyFile, 'utf8'),
      };

      expect((await handshake(await issuedBy(authority, minutes(-1, 1)))).authorized).toBe(true);
      expect((await handshake(await issuedBy(authority, minutes(-2, -1)))).authorizationError).toBe(
        'CERT_HAS_EXPIRED',
      );
    });

    it('refuse a server that another authority vouches for', async () => {
      const foreign = await createCertificateAuthority({ commonName: 'Foreign CA', ...minutes(-1, 1) });
      const socket = connectWith({ ...mtlsOptions(belfius), ca: Buffer.from(foreign.certificate) });

      await expect(once(socket, 'secureConnect')).rejects.toMatchObject({
        code: 'SELF_SIGNED_CERT_IN_CHAIN',
      });
    });

    const connectWith = (options: MtlsOptions): TLSSocket => {
      const { port } = server.address() as AddressInfo;
      return connect({ ...options, host: '127.0.0.1', port, servername: 'localhost' });
    };

    /** The server's end of the connection; both ends are closed again. */
    async function handshake(options: MtlsOptions): Promise<TLSSocket> {
      const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
      const socket = connectWith(options);
      const [peer] = await accepted;
      peer.end();
      socket.destroy();
      return peer;
    }

    async function issuedBy(authority: KeyedCertificate, validity: Validity): Promise<MtlsOptions> {
      const { certificate, key } = await issueClientCertificate(authority, {
        commonName: 'Acme',
        roles: ['PSP_AI'],
        ...validity,
      });
      return { ...mtlsOptions(belfius), cert: Buffer.from(certificate), key: Buffer.from(key) };
    }
  });
});

const minutes = (from: number, to: number): Validity => ({
  notBefore: new Date(Date.now() + from * 60_000),
  notAfter: new Date(Date.now() + to * 60_000),
});

function refusal(code: string, file: string): Error {
  const error: Error = expect.objectContaining({
    name: 'CertificateError',
    code,
    message: expect.stringContaining(file),
  });
  return error;
}
