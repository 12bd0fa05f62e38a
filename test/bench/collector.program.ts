import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answering } from './child.js';

// In the place of a collector: takes what is exported to it by OTLP over HTTP, and counts the spans.
let spans = 0;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    // Once a span. To parse the whole would take from what is measured.
    spans += Buffer.concat(chunks).toString('latin1').split('"startTimeUnixNano"').length - 1;
    response.setHeader('content-type', 'application/json').end('{}');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answering(() =>
  Promise.resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans }),
);
