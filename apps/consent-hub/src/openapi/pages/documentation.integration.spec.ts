import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { createHub } from '../../bootstrap.js';
import type { ApiDocument } from '../document-types.js';
import { callsOf } from './call.js';
import { CLIENT_SAMPLES } from './client-samples.js';
import { Guides } from './guides.js';

jest.setTimeout(60_000);
let database: TestDatabase;
let app: NestFastifyApplication;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await createHub(
    hubEnvironment(database.url, {
      HUB_BRAND_NAME: 'Kompas',
      HUB_BRAND_ACCENT: '#0b5fff',
      HUB_PUBLIC_URL: 'https://hub.example/base',
    }),
    { bankClient: new ScriptedBank(), logDestination: { write: () => undefined } },
  );
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const read = (url: string) => app.inject({ method: 'GET', url });
const guides = new Guides();
const GUIDE_PATHS = guides.groups.flatMap((group) => group.guides.map(({ slug }) => `/docs/guides/${slug}`));
const PATHS = ['/docs', '/docs/errors', '/docs/guides', '/docs/problems/consent_not_live', ...GUIDE_PATHS];

const attribute = (html: string, pattern: RegExp): string[] =>
  [...html.matchAll(pattern)].map(([, value = '']) => value.replaceAll('&amp;', '&'));
const linksOf = (html: string): string[] => attribute(html, /<a [^>]*?href="([^"]*)"/g);
const anchorsOf = (html: string): Set<string> => new Set(attribute(html, /\sid="([^"]*)"/g));

describe('the documentation', () => {
  it('has no script, loads nothing from elsewhere, and carries the name of the provider', async () => {
    for (const path of PATHS) {
      const { statusCode, headers, body } = await read(path);
      expect([path, statusCode, headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).toMatch(
        path.startsWith('/docs/guides/')
          ? /^default-src 'none'; style-src 'sha256-\S+' 'sha256-\S+'; img-src 'self'; base-uri 'none'; form-action 'none'/
          : /^default-src 'none'; style-src 'sha256-\S+' 'sha256-\S+'; base-uri 'none'; form-action 'none'/,
      );
      expect([path, /<script|\sstyle="|\son\w+="|<link|src="https?:/.exec(body)]).toEqual([path, null]);
      expect(body).toContain('<span>Kompas</span>');
    }
  });

  it('has links that lead to pages which are there, and to anchors which they have', async () => {
    const pages = new Map<string, { readonly status: number; readonly anchors: Set<string> }>();
    const visit = async (path: string) => {
      const known = pages.get(path);
      if (known) return known;
      const { statusCode, body } = await read(path);
      const page = { status: statusCode, anchors: anchorsOf(body) };
      pages.set(path, page);
      return page;
    };
    const broken: string[] = [];
    for (const path of PATHS) {
      for (const link of linksOf((await read(path)).body)) {
        const target = new URL(link, `https://hub.example${path}`);
        if (target.host !== 'hub.example') continue;
        const { status, anchors } = await visit(target.pathname);
        const anchor = decodeURIComponent(target.hash.slice(1));
        if (status !== 200 || (anchor !== '' && !anchors.has(anchor))) broken.push(`${path}: ${link}`);
      }
    }
    expect(pages.size).toBeGreaterThan(PATHS.length);
    expect(broken).toEqual([]);
  });

  it('shows every call with a sample in curl, and the client library for each call that it has', async () => {
    const document = (await read('/openapi.json')).json<ApiDocument>();
    const { body } = await read('/docs');
    const calls = callsOf(document);
    for (const { id } of calls) {
      const start = body.indexOf(`<section class="call" id="${id}">`);
      const section = body.slice(start, body.indexOf('</section>', start));
      expect([id, start > 0]).toEqual([id, true]);
      expect(section).toContain('curl ');
      const title = id in CLIENT_SAMPLES ? 'Client library' : 'the client library has no method for this';
      expect([id, section.includes(title)]).toEqual([id, true]);
    }
    const ids = calls.map(({ id }) => id);
    expect(Object.keys(CLIENT_SAMPLES).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('says in curl what a call needs: the key, and a body where there is one', async () => {
    const { body } = await read('/docs');
    const start = body.indexOf('id="openConsent"');
    const sample = /<pre>(curl [^<]*)<\/pre>/.exec(body.slice(start))?.[1]?.replaceAll('&quot;', '"');
    expect(sample).toContain('curl -X POST "$HUB_URL/v1/consents"');
    expect(sample).toContain('-H "Authorization: Bearer $KEY"');
    expect(sample).toMatch(/-d '\{\n[^]*"psu_ref": "[^"]+"/);
  });

  it('shows markup in a document as text', async () => {
    const { body } = await read('/docs/guides/configuration');
    expect(body).toContain('BANK_&lt;BRAND&gt;_');
    expect(body).not.toContain('<BRAND>');
  });

  it.each([
    'no-such-guide',
    '..%2f..%2fpackage.json',
    '%2e%2e/README',
    'images/none.webp',
    'images/..%2Fflows.md',
  ])('has no page for %s', async (name) => {
    expect((await read(`/docs/guides/${name}`)).statusCode).toBe(404);
  });
});
