import { Registry } from 'prom-client';
import { RequestDurations } from './request-durations.js';

const NAME = 'consent_hub_http_request_duration_seconds';
const linesOf = async (durations: RequestDurations): Promise<string[]> => {
  const registry = new Registry();
  registry.registerMetric(durations);
  return (await registry.metrics()).split('\n');
};

describe('the durations of requests', () => {
  it('are a histogram by method, route, client and class of the status, its buckets cumulated', async () => {
    const durations = new RequestDurations();
    durations.note('GET', '/v1/consents/:id', 'payments', { status: 200, seconds: 0.001 });
    durations.note('GET', '/v1/consents/:id', 'payments', { status: 204, seconds: 0.5 });
    durations.note('GET', '/v1/consents/:id', 'payments', { status: 503, seconds: 60 });
    const lines = await linesOf(durations);
    const ok = 'method="GET",route="/v1/consents/:id",client="payments",status="2xx"';
    const failed = ok.replace('2xx', '5xx');
    expect(lines).toContain(`# TYPE ${NAME} histogram`);
    expect(lines).toContain(`${NAME}_bucket{${ok},le="0.001"} 1`);
    expect(lines).toContain(`${NAME}_bucket{${ok},le="0.25"} 1`);
    expect(lines).toContain(`${NAME}_bucket{${ok},le="0.5"} 2`);
    expect(lines).toContain(`${NAME}_bucket{${ok},le="+Inf"} 2`);
    expect(lines).toContain(`${NAME}_count{${ok}} 2`);
    expect(lines).toContain(`${NAME}_sum{${ok}} 0.501`);
    expect(lines).toContain(`${NAME}_bucket{${failed},le="30"} 0`);
    expect(lines).toContain(`${NAME}_bucket{${failed},le="+Inf"} 1`);
  });

  it('cost the same however many requests came before: one series for equal labels', async () => {
    const durations = new RequestDurations();
    for (let index = 0; index < 1000; index++)
      durations.note('GET', '/v1/access-token', 'payments', { status: 200, seconds: index / 1e6 });
    const lines = await linesOf(durations);
    expect(lines.filter((line) => line.startsWith(`${NAME}_count`))).toEqual([
      expect.stringMatching(/ 1000$/),
    ]);
  });
});
