import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyedCertificate,
  type MtlsFiles,
} from '@consent-hub/eidas';
import { BRANDS, perBrand, Secret } from '@consent-hub/psd2-protocol';
import { answering, HttpsBank } from '../testing/https-bank.harness.js';
import { ClientCertificates } from './client-certificates.js';
import { HttpBankClient } from './http-bank-client.js';

const HOUR_MS = 3_600_000;
const VALIDITY = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 48 * HOUR_MS) };
const ACCOUNTS = { brand: 'belfius', accessToken: new Secret('at-1') } as const;

describe('client certificates that are renewed', () => {
  let directory: string;
  let authority: KeyedCertificate;
  let files: MtlsFiles;
  let bank: HttpsBank;
  let certificates: ClientCertificates;
  let client: HttpBankClient;
  let calls = 0;

  const write = async (name: string, content: string): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, content);
    return path;
  };
  const install = async (commonName: string) => {
    const issued = await issueClientCertificate(authority, { commonName, roles: ['PSP_AI'], ...VALIDITY });
    await write('client.pem', issued.certificate);
    await write('client-key.pem', issued.key);
  };
  const list = () => client.listAccounts({ ...ACCOUNTS, requestId: `request-${++calls}` });
  const names = () => bank.calls.map(({ clientName }) => clientName);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'renewed-certificates-'));
    authority = await createCertificateAuthority({ commonName: 'Test CA', ...VALIDITY });
    const caFile = await write('ca.pem', authority.certificate);
    const names = { hostNames: ['localhost'], addresses: ['127.0.0.1'] };
    const server = await issueServerCertificate(authority, { commonName: 'bank', ...names, ...VALIDITY });
    await install('before');
    files = { certFile: join(directory, 'client.pem'), keyFile: join(directory, 'client-key.pem'), caFile };
    bank = await HttpsBank.start({
      certFile: await write('server.pem', server.certificate),
      keyFile: await write('server-key.pem', server.key),
      caFile,
    });
    bank.script = answering(200, { accounts: [] });
    const settings = {
      apiUrl: bank.url,
      clientId: 'l7b1',
      clientSecret: new Secret('secret'),
      tls: files,
    };
    certificates = new ClientCertificates(new Map(BRANDS.map((brand) => [brand, files])));
    client = new HttpBankClient(
      {
        banks: perBrand(() => settings),
        timeoutMs: 5_000,
        tokenTimeoutMs: 5_000,
        connectionsPerBank: 4,
      },
      certificates,
    );
  });
  afterEach(async () => {
    bank.disconnect();
    await client.onApplicationShutdown();
    await bank.stop();
    await rm(directory, { recursive: true });
  });

  it('are shown by every call after, while those under way end on their connection', async () => {
    let answer: (() => void) | undefined;
    bank.script = (response: ServerResponse, call) => {
      answer = () => answering(200, { accounts: [] })(response, call);
    };
    const underWay = list();
    await bank.seen(1);
    await install('after');
    await certificates.reload(false);
    const held = answer;
    bank.script = answering(200, { accounts: [] });
    await list();
    expect(names()).toEqual(['before', 'after']);
    held?.();
    await expect(underWay).resolves.toEqual([]);
    await list();
    expect(names()).toEqual(['before', 'after', 'after']);
  });

  it('close their connections of before once nothing is under way on them', async () => {
    await list();
    await install('after');
    await certificates.reload(false);
    await list();
    while (bank.openConnections > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(names()).toEqual(['before', 'after']);
  });

  it('are not used where they do not fit together, and every call still succeeds', async () => {
    await write('client-key.pem', authority.key);
    await certificates.reload(true);
    await list();
    expect(names()).toEqual(['before']);
    expect(certificates.list()[0]?.refusal).toMatch(/client-key.pem is not the key of/);
  });
});
