/** One message as it went over the wire. */
export interface HttpMessage {
  readonly startLine: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** Reads the messages of one direction of an HTTP/1.1 connection, as far as the two apps here write them. */
export class HttpReader {
  private unread = '';

  /** The messages that end with this chunk. */
  read(chunk: Buffer): HttpMessage[] {
    this.unread += chunk.toString('latin1');
    const messages: HttpMessage[] = [];
    for (let message = this.next(); message; message = this.next()) messages.push(message);
    return messages;
  }

  private next(): HttpMessage | null {
    const headEnd = this.unread.indexOf(HEAD_END);
    if (headEnd < 0) return null;
    const [startLine = '', ...lines] = this.unread.slice(0, headEnd).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const from = headEnd + HEAD_END.length;
    const to = this.endOfBody(headers, from);
    if (to < 0 || to > this.unread.length) return null;
    const body = this.unread.slice(from, to);
    this.unread = this.unread.slice(to);
    return { startLine, headers, body };
  }

  private endOfBody(headers: ReadonlyMap<string, string>, from: number): number {
    if (headers.get('transfer-encoding')?.toLowerCase() !== 'chunked')
      return from + Number(headers.get('content-length') ?? 0);
    const last = this.unread.indexOf(LAST_CHUNK, from);
    return last < 0 ? -1 : last + LAST_CHUNK.length;
  }
}
