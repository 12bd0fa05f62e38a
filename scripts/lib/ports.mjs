import net from 'node:net';

const listen = (port, host) =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const { port: bound } = server.address();
      server.close(() => resolve(bound));
    });
  });

/** A port on which no process listens at this moment. */
export const freePort = (host = '127.0.0.1') => listen(0, host);

/** Why the port cannot be listened on (`EADDRINUSE`, `EACCES`, ...), or undefined when it can. */
export const portFault = (port, host = '127.0.0.1') =>
  listen(port, host).then(
    () => undefined,
    (error) => error.code ?? error.message,
  );
