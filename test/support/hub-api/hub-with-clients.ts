import { setImmediate } from 'node:timers/promises';
import type { Permission } from '@consent-hub/platform';
import { SCOPES, type Scope } from '@consent-hub/psd2-protocol';
import {
  createTestDatabase,
  dumpDatabase,
  hubEnvironment,
  type Answered,
  type ApiDescription,
  type TestDatabase,
} from '@consent-hub/testing';
import { SchedulerRegistry } from '@nestjs/schedule';
import { ApiClientService } from '../../../apps/consent-hub/src/api-client/api-client.service.js';
import { newApiKey } from '../../../apps/consent-hub/src/api-client/api-key.js';
import { startHub, type RunningHub } from '../../../apps/consent-hub/src/bootstrap.js';
import { codeOf, IBANS, LabelledBank } from './labelled-bank.js';

export interface Client {
  readonly permissions: readonly Permission[];
  readonly tokenScopes?: readonly Scope[];
}

/** One client of each kind; the first two have consents. */
export const CLIENTS = {
  owner: { permissions: ['consents:read', 'consents:write', 'events:read'] },
  other: { permissions: ['consents:read', 'consents:write', 'events:read'] },
  onlooker: { permissions: ['consents:read'] },
  service: { permissions: ['tokens:read'] },
  payments: { permissions: ['tokens:read'], tokenScopes: ['PIS'] },
  admin: { permissions: ['admin', 'consents:read', 'events:read'] },
  revoked: { permissions: ['admin', 'consents:read', 'consents:write', 'tokens:read', 'events:read'] },
} as const satisfies Record<string, Client>;
export type ClientName = keyof typeof CLIENTS;
export const OWNERS = ['owner', 'other'] as const;
export type Owner = (typeof OWNERS)[number];

/** Whose key a request has: a client's, or none that opens anything. */
export const CALLERS = [
  ...(Object.keys(CLIENTS) as ClientName[]),
  'stranger',
  'garbled',
  'anonymous',
] as const;
export type CallerName = (typeof CALLERS)[number];

export interface SeededConsent {
  readonly id: string;
  readonly owner: Owner;
  readonly scope: Scope;
  readonly psuRef: string;
}

export const psuRefOf = (owner: Owner, scope: Scope): string => `psu-of-${owner}-${scope}`;

export interface HubCall {
  readonly method: string;
  readonly path: string;
  readonly as?: CallerName;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The hub as it is really started, over a bank whose answers name their owner; two of its clients have a live consent of every scope. */
export class HubWithClients {
  /** Those that live, first; one more of each owner that was revoked. */
  consents: readonly SeededConsent[] = [];
  /** States of payments that were not signed yet. */
  readonly waitingStates: string[] = [];
  readonly cursors: string[] = [];
  private codes = 0;

  private constructor(
    private readonly running: RunningHub,
    private readonly database: TestDatabase,
    private readonly keys: ReadonlyMap<CallerName, string>,
    readonly description: ApiDescription,
    readonly bank: LabelledBank,
  ) {}

  static async start(): Promise<HubWithClients> {
    const database = await createTestDatabase();
    const bank = new LabelledBank();
    const running = await startHub(hubEnvironment(database.url, { HUB_PORT: '0', HUB_LOG_LEVEL: 'silent' }), {
      bankClient: bank,
    });
    stopClockwork(running);
    const answer = await fetch(`${running.url}/openapi.json`);
    const description = (await answer.json()) as ApiDescription;
    const keys = await createClients(running.app.get(ApiClientService));
    const hub = new HubWithClients(running, database, keys, description, bank);
    await hub.seed();
    return hub;
  }

  get url(): string {
    return this.running.url;
  }

  async close(): Promise<void> {
    await this.running.close();
    await this.database.drop();
  }

  dump(): Promise<string> {
    return dumpDatabase(this.database.url);
  }

  /** The value of the header Authorization, if there is one. */
  authorizationOf(caller: CallerName): string | undefined {
    const key = this.keys.get(caller);
    return key === undefined ? undefined : `Bearer ${key}`;
  }

  async call({ method, path, as, body, headers }: HubCall): Promise<Answered> {
    const authorization = as && this.authorizationOf(as);
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // A stream has no end: its head is the answer.
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
    if (isStream) await answer.body?.cancel();
    return {
      method,
      url: path,
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: isStream ? '' : await answer.text(),
    };
  }

  /** A consent of that client, live unless a test has revoked it. */
  consentOf(owner: Owner, scope: Scope = 'AIS'): SeededConsent {
    const consent = this.consents.find((each) => each.owner === owner && each.scope === scope);
    if (!consent) throw new Error(`${owner} has no consent of scope ${scope}`);
    return consent;
  }

  /** Gives both owners a live consent of every scope, which takes over from the one before. */
  async seed(): Promise<void> {
    const ended = await Promise.all(OWNERS.map((owner) => this.revoked(owner)));
    const live: SeededConsent[] = [];
    for (const owner of OWNERS) {
      for (const scope of SCOPES) {
        const psuRef = psuRefOf(owner, scope);
        live.push({ id: await this.liveConsent(owner, scope, psuRef), owner, scope, psuRef });
      }
      const waiting = await this.did<{ payment_authorization: { state: string } }>({
        method: 'POST',
        path: '/v1/consents',
        as: owner,
        body: { scope: 'PIS', brand: 'banx', psu_ref: `waiting-psu-of-${owner}` },
      });
      this.waitingStates.unshift(waiting.payment_authorization.state);
      const page = await this.did<{ next_cursor: string }>({
        method: 'GET',
        path: '/v1/consents?limit=1',
        as: owner,
      });
      this.cursors.unshift(page.next_cursor);
    }
    this.consents = [...live, ...ended];
  }

  private async revoked(owner: Owner): Promise<SeededConsent> {
    const psuRef = `ended-psu-of-${owner}`;
    const id = await this.liveConsent(owner, 'PIS', psuRef);
    await this.did({ method: 'POST', path: `/v1/consents/${id}/revoke`, as: owner });
    return { id, owner, scope: 'PIS', psuRef };
  }

  private async liveConsent(owner: Owner, scope: Scope, psuRef: string): Promise<string> {
    const code = codeOf(owner, scope, ++this.codes);
    const person = { brand: 'belfius', psu_ref: psuRef };
    if (scope === 'PIS') {
      const body = { ...person, code, code_verifier: 'v'.repeat(43), redirect_uri: 'https://app.example/' };
      return (await this.did<{ id: string }>({ method: 'POST', path: '/v1/pis-tokens', as: owner, body })).id;
    }
    const body = { ...person, scope, ...(scope === 'CAF' && { iban: IBANS[owner] }) };
    const opened = await this.did<{ id: string; consent_uris: { uri: string }[] }>({
      method: 'POST',
      path: '/v1/consents',
      as: owner,
      body,
    });
    const state = new URL(opened.consent_uris[0]?.uri ?? '').searchParams.get('state') ?? '';
    await this.call({ method: 'GET', path: `/callback/belfius?state=${state}&code=${code}` });
    await this.accountsListed(owner, opened.id);
    return opened.id;
  }

  /** The accounts are asked for after the PSU was redirected; nothing else happens by itself. */
  private async accountsListed(owner: Owner, id: string): Promise<void> {
    const { scope } = await this.did<{ scope: Scope }>({
      method: 'GET',
      path: `/v1/consents/${id}`,
      as: owner,
    });
    if (scope !== 'AIS') return;
    const path = `/v1/consents/${id}/events`;
    const isListed = async (): Promise<boolean> => {
      const { items } = await this.did<{ items: { type: string }[] }>({ method: 'GET', path, as: owner });
      return items.some(({ type }) => type === 'accounts_listed');
    };
    while (!(await isListed())) await setImmediate();
  }

  private async did<T>(call: HubCall): Promise<T> {
    const { status, body } = await this.call(call);
    if (status >= 300)
      throw new Error(`The hub answered ${call.method} ${call.path} with ${status}: ${body}`);
    return JSON.parse(body) as T;
  }
}

/** What the hub does by the clock would count as an effect of the current request. */
function stopClockwork({ app }: RunningHub): void {
  const registry = app.get(SchedulerRegistry);
  for (const name of registry.getIntervals()) registry.deleteInterval(name);
}

async function createClients(clients: ApiClientService): Promise<ReadonlyMap<CallerName, string>> {
  const keys = new Map<CallerName, string>([
    ['stranger', newApiKey().reveal()],
    ['garbled', 'ch_x'],
  ]);
  for (const name of Object.keys(CLIENTS) as ClientName[]) {
    const { key } = await clients.create({ name, ...CLIENTS[name] });
    keys.set(name, key.reveal());
  }
  await clients.revoke('revoked');
  return keys;
}
