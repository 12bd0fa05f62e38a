import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { KeyedCertificate } from '@consent-hub/eidas';

/** Where bytes are sent: a plain port, or one behind mutual TLS. */
export interface RawTarget {
  readonly url: string;
  readonly tls?: { readonly authority: KeyedCertificate; readonly client: KeyedCertificate };
}

export interface RawAnswer {
  /** Null where the other side closed without a word. */
  readonly status: number | null;
  /** By lower-case name; of two, the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** How long the other side may take to answer and close. */
const PATIENCE_MS = 5_000;

/**
 * Sends bytes as they are, well formed or not, and reads until the other side closes: so they must ask for that.
 *
 * @param isCut whether the sender stops in the middle of what it began to say
 * @throws when the other side neither answers nor closes in time
 */
export async function sendRaw(target: RawTarget, bytes: Buffer, isCut = false): Promise<RawAnswer> {
  const received = await new Promise<Buffer>((resolve, reject) => {
    const socket = open(target);
    const chunks: Buffer[] = [];
    const end = (): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    const patience = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(`Neither answered nor closed: ${JSON.stringify(bytes.toString('latin1').slice(0, 500))}`),
      );
    }, PATIENCE_MS);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A peer that refuses early may reset what is still on its way to it.
    for (const event of ['end', 'close', 'error']) socket.once(event, end);
    if (isCut) socket.end(bytes);
    else socket.write(bytes);
  });
  return parsed(received.toString());
}

function open({ url, tls }: RawTarget): Socket {
  const { hostname: host, port } = new URL(url);
  if (!tls) return connectTcp({ host, port: Number(port) });
  const { authority, client } = tls;
  const identity = { ca: authority.certificate, cert: client.certificate, key: client.key };
  return connectTls({ host, port: Number(port), ...identity });
}

/** "100 Continue" and the like come before the answer (RFC 9110, section 15.2). */
const INTERIM = /^(?:HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/;

function parsed(text: string): RawAnswer {
  const [head = '', ...rest] = text.replace(INTERIM, '').split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(first) ?? [];
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: status === undefined ? null : Number(status),
    headers: new Map(headers),
    body: rest.join('\r\n\r\n'),
  };
}
