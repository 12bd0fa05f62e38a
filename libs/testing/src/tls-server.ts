import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCertificateAuthority, issueServerCertificate } from '@consent-hub/eidas';

/** An HTTPS server on this machine, with a certificate of an authority of its own. */
export class TlsServer {
  private constructor(
    readonly server: Server,
    /** For files of the test; removed when it closes. */
    readonly directory: string,
    readonly url: string,
    readonly caFile: string,
  ) {}

  static async start(): Promise<TlsServer> {
    const validity = {
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter: new Date(Date.now() + 86_400_000),
    };
    const authority = await createCertificateAuthority({ commonName: 'Test authority', ...validity });
    const issued = await issueServerCertificate(authority, {
      commonName: 'localhost',
      hostNames: ['localhost'],
      addresses: ['127.0.0.1'],
      ...validity,
    });
    const directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-tls-'));
    const caFile = path.join(directory, 'ca.pem');
    await writeFile(caFile, authority.certificate);
    const server = createServer({ cert: issued.certificate, key: issued.key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new TlsServer(server, directory, `https://localhost:${port}`, caFile);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    await rm(this.directory, { recursive: true, force: true });
  }
}
