import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answering } from './child.js';

// In the place of a collector: takes what is exported to it by OTLP over HTTP. A real one runs elsewhere, so this one does next to
// nothing with what it takes: it counts bytes, and looks for spans in the first batch alone.
let bytes = 0;
let hasSpans = false;
const server = createServer((request, response) => {
  const isFirst = bytes === 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (isFirst) hasSpans ||= chunk.includes('"startTimeUnixNano"');
  });
  request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answering(() =>
  Promise.resolve({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mebibytes: bytes / 1024 / 1024,
    hasSpans,
  }),
);
