import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answering } from './child.js';

// A receiver of webhooks: answers each message at once, or, while it holds them, none.
const held: ServerResponse[] = [];
let isHolding = false;
let received = 0;

const accept = (response: ServerResponse): void => {
  received++;
  response.writeHead(204).end();
};

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    if (isHolding) held.push(response);
    else accept(response);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answering(({ holds }) => {
  if (typeof holds === 'boolean') isHolding = holds;
  if (!isHolding) held.splice(0).forEach(accept);
  return Promise.resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received });
});
