import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of the TPP's: notes who calls, and sends the browser on where it has somewhere to send it. */
export class TppSite {
  readonly calls: string[] = [];
  private readonly arrivals = new EventEmitter();
  private held: (() => void)[] | null = null;
  private readonly server = createServer((request, response) => {
    this.calls.push(request.url ?? '');
    const answer = (): void => {
      response.writeHead(this.onTo ? 303 : 200, {
        'content-type': 'text/html',
        ...(this.onTo && { location: this.onTo }),
      });
      response.end('<!doctype html><link rel="icon" href="data:,"><h1>TPP</h1>');
    };
    if (this.held) this.held.push(answer);
    else answer();
    this.arrivals.emit('call');
  });

  constructor(private readonly onTo?: string) {}

  async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  /** Answers no request until the release. */
  hold(): void {
    this.held = [];
  }
  release(): void {
    for (const answer of this.held ?? []) answer();
    this.held = null;
  }
  async nextCall(): Promise<void> {
    await once(this.arrivals, 'call');
  }
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
