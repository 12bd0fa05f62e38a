import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describeError, urlOf } from '@consent-hub/platform';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpSettings } from '../config/http.settings.js';
import { MetricsSettings } from '../config/metrics.settings.js';
import { HubMetricsService } from './hub-metrics.service.js';
import { carriesToken } from './metrics-access.js';

/** Serves /metrics, and nothing else, on the port that HUB_METRICS_PORT names, until the hub has settled its last answer. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MetricsServer.name);
  private server: Server | undefined;

  constructor(
    private readonly metrics: HubMetricsService,
    private readonly settings: MetricsSettings,
    private readonly http: HttpSettings,
  ) {}

  /** @throws the error of an address that cannot be listened on */
  async onApplicationBootstrap(): Promise<void> {
    const { HUB_METRICS_PORT: port } = this.settings;
    if (port === undefined) return;
    const { HUB_HOST: host } = this.http;
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.listen(port, host);
    await once(this.server, 'listening');
    this.logger.log({ msg: 'metrics are served', url: `${urlOf('http', host, port)}/metrics` });
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.server?.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, headers, body } = await this.respond(request);
      response.writeHead(status, { 'cache-control': 'no-store', ...headers }).end(body);
    } catch (error) {
      this.logger.error({ msg: 'metrics not read', error: describeError(error) });
      response.writeHead(500).end();
    }
  }

  private async respond({ url = '', method, headers }: IncomingMessage) {
    const plain = { 'content-type': 'text/plain; charset=utf-8' };
    const token = this.settings.HUB_METRICS_TOKEN;
    if (url.split('?')[0] !== '/metrics') return { status: 404, headers: plain, body: 'See /metrics.\n' };
    if (method !== 'GET' && method !== 'HEAD')
      return { status: 405, headers: { ...plain, allow: 'GET, HEAD' }, body: 'GET only.\n' };
    if (token && !carriesToken(headers.authorization, token)) {
      const challenge = { ...plain, 'www-authenticate': 'Bearer realm="consent-hub-metrics"' };
      return {
        status: 401,
        headers: challenge,
        body: 'The bearer token of HUB_METRICS_TOKEN is demanded.\n',
      };
    }
    return {
      status: 200,
      headers: { 'content-type': this.metrics.contentType },
      body: await this.metrics.read(),
    };
  }
}
