import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCertificateAuthority, issueServerCertificate } from '@consent-hub/eidas';

export interface ServiceCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly body: object;
}

/** A service over TLS, with a certificate of an authority of its own. */
export class HttpsService {
  /** Says something else than the service does, or nothing. */
  mood: 'well' | 'silent' | ServiceAnswer = 'well';
  readonly calls: ServiceCall[] = [];

  private constructor(
    private readonly server: Server,
    private readonly directory: string,
    readonly url: string,
    readonly caFile: string,
  ) {}

  static async start(answer: (call: ServiceCall) => ServiceAnswer): Promise<HttpsService> {
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
    const directory = await mkdtemp(path.join(tmpdir(), 'consent-hub-kek-'));
    const caFile = path.join(directory, 'ca.pem');
    await writeFile(caFile, authority.certificate);
    const server = createServer({ cert: issued.certificate, key: issued.key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const service = new HttpsService(server, directory, `https://localhost:${port}`, caFile);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => void chunks.push(chunk));
      request.on('end', () => {
        const call = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        };
        service.calls.push(call);
        if (service.mood === 'silent') request.socket.destroy();
        else {
          const { status, body } = service.mood === 'well' ? answer(call) : service.mood;
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        }
      });
    });
    return service;
  }

  async write(name: string, text: string): Promise<string> {
    const file = path.join(this.directory, name);
    await writeFile(file, text);
    return file;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    await rm(this.directory, { recursive: true, force: true });
  }
}
