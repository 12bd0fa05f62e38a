import { writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { TlsServer } from '@consent-hub/testing';

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

  readonly url: string;
  readonly caFile: string;

  private constructor(private readonly tls: TlsServer) {
    this.url = tls.url;
    this.caFile = tls.caFile;
  }

  static async start(answer: (call: ServiceCall) => ServiceAnswer): Promise<HttpsService> {
    const tls = await TlsServer.start();
    const service = new HttpsService(tls);
    tls.server.on('request', (request, response) => {
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
    const file = path.join(this.tls.directory, name);
    await writeFile(file, text);
    return file;
  }

  close(): Promise<void> {
    return this.tls.close();
  }
}
