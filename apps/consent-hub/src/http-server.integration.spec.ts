import {
  Body,
  Controller,
  Get,
  Header,
  Param,
  ParseUUIDPipe,
  Post,
  type DynamicModule,
} from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BankError } from '@consent-hub/bank-client';
import { createLogger, Public } from '@consent-hub/platform';
import { createTestDatabase, hubEnvironment, ScriptedBank, type TestDatabase } from '@consent-hub/testing';
import { IsObject, IsOptional, IsString } from 'class-validator';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import { assemble } from './bootstrap.js';
import { readHubSettings } from './config/hub-settings.js';

class Note {
  @IsString()
  text: string;

  @IsOptional()
  @IsObject()
  extra?: object;
}

const seen: unknown[] = [];

@Public()
@Controller('probe')
class ProbeController {
  constructor(private readonly dataSource: DataSource) {}

  @Post('notes')
  note(@Body() note: Note): Note {
    seen.push(note);
    return note;
  }

  @Post('bare')
  bare(): { done: boolean } {
    return { done: true };
  }

  @Get('notes/:noteId')
  one(@Param('noteId', ParseUUIDPipe) noteId: string): { noteId: string } {
    return { noteId };
  }

  @Get('stored/:text')
  async stored(@Param('text') text: string): Promise<unknown> {
    return this.dataSource.query('SELECT $1::text AS text', [text]);
  }

  @Get('bank')
  bank(): never {
    const context = { error: 'INVALID_INPUT', errorCode: 'GEN-1202-100002', requestId: 'r' };
    throw new BankError('request_refused', context, { cause: new Error('upstream words') });
  }

  @Get('broken')
  broken(): never {
    throw new Error('secret inner words');
  }

  @Get('page')
  @Header('content-security-policy', "default-src 'self'")
  page(): string {
    return 'page';
  }
}

describe('the HTTP side of the hub', () => {
  jest.setTimeout(30_000);
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let lines: string[] = [];
  const inject = (method: 'GET' | 'POST' | 'PUT', url: string, more: object = {}) =>
    app.inject({ method, url, ...more });
  const postNote = (payload: string | Buffer, type = 'application/json') =>
    inject('POST', '/probe/notes', { payload, headers: { 'content-type': type } });

  beforeAll(async () => {
    database = await createTestDatabase();
    const settings = readHubSettings(hubEnvironment(database.url, { HUB_PUBLIC_URL: 'https://hub.example' }));
    const hub = AppModule.register(settings, new ScriptedBank());
    const root: DynamicModule = { module: class Root {}, imports: [hub], controllers: [ProbeController] };
    const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
    app = await assemble(root, logger, settings.http.publicUrl);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  beforeEach(() => {
    lines = [];
    seen.length = 0;
  });
  const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  describe('refusing input', () => {
    const deep = (levels: number) => `{"text":"a","extra":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;

    it.each([
      ['half a body', '{"text":', 400, 'malformed_json'],
      ['something else than JSON', 'text=a', 400, 'malformed_json'],
      ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400, 'malformed_json'],
      ['a __proto__', '{"text":"a","__proto__":{"admin":true}}', 400, 'malformed_json'],
      [
        'a nested constructor.prototype',
        '{"text":"a","extra":{"constructor":{"prototype":{}}}}',
        400,
        'malformed_json',
      ],
      ['thousands of levels', deep(9000), 400, 'malformed_json'],
      ['thousands of arrays', `{"text":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400, 'malformed_json'],
      ['a list for an object', '[{"text":"a"}]', 400, 'invalid_input'],
      ['a number for an object', '5', 400, 'invalid_input'],
      ['null', 'null', 400, 'invalid_input'],
      ['no body at all', '', 400, 'invalid_input'],
      [
        'one byte too many',
        JSON.stringify({ text: 'a'.repeat(64 * 1024 + 1 - '{"text":""}'.length) }),
        413,
        'body_too_large',
      ],
    ])('answers %s with the problem that it is', async (_what, payload, status, code) => {
      const answer = await postNote(payload);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.json()).toMatchObject({
        type: `https://hub.example/docs/problems/${code}`,
        status,
        code,
        request_id: answer.headers['x-request-id'],
      });
      expect(seen).toEqual([]);
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    });

    it('takes the largest body that is allowed', async () => {
      const payload = JSON.stringify({ text: 'a'.repeat(64 * 1024 - '{"text":""}'.length) });
      expect(Buffer.byteLength(payload)).toBe(64 * 1024);
      expect((await postNote(payload)).statusCode).toBe(201);
      expect(seen).toHaveLength(1);
    });

    it('names each field that it does not know', async () => {
      const answer = await postNote('{"text":"a","txet":"b"}');
      expect(answer.json()).toMatchObject({
        code: 'invalid_input',
        errors: [{ field: 'txet', detail: 'is not a field of this call' }],
      });
      expect(seen).toEqual([]);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'nonsense',
    ])('answers a body of type %s with 415', async (type) => {
      const answer = await postNote('text=a', type);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ code: 'unsupported_media_type' });
    });

    it('takes a call without a body, with any type that is announced for it', async () => {
      expect((await inject('POST', '/probe/bare')).statusCode).toBe(201);
      const announced = await inject('POST', '/probe/bare', {
        headers: { 'content-type': 'application/json' },
      });
      expect(announced.statusCode).toBe(201);
    });

    it('names the path parameter that is no UUID', async () => {
      const answer = await inject('GET', '/probe/notes/17');
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({
        code: 'invalid_input',
        errors: [{ field: 'noteId', detail: 'must be a UUID' }],
      });
    });

    it.each([
      ['that cannot be decoded', '/probe/notes/%E0%A4%A', 400, 'malformed_url'],
      ['with a part that is too long', `/probe/notes/${'a'.repeat(200)}`, 414, 'url_too_long'],
      ['that leads nowhere', '/probe/nothing?code=s3cret', 404, 'route_not_found'],
      ['of a route, with a slash more', '/probe/bare/', 404, 'route_not_found'],
    ])('answers a path %s', async (_what, url, status, code) => {
      const answer = await inject('GET', url);
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({ status, code });
      expect(answer.body).not.toContain('s3cret');
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(logged()).toEqual([
        expect.objectContaining({ status, requestId: answer.headers['x-request-id'] }),
      ]);
    });

    it('answers a text that Postgres cannot hold as a fault of the caller', async () => {
      const answer = await inject('GET', '/probe/stored/a%00b');
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid_input' });
    });

    it('answers the wrong method with the right ones', async () => {
      const answer = await inject('PUT', '/probe/notes/6f8b0c9e-8f5a-4c57-9a55-0d8f1f2f3a4b?x=1');
      expect(answer.statusCode).toBe(405);
      expect(answer.headers.allow).toBe('GET, HEAD');
      expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
    });
  });

  describe('failing', () => {
    it('returns the request id to the caller and logs the reason', async () => {
      const answer = await inject('GET', '/probe/broken', { headers: { 'x-request-id': 'order-17' } });
      expect(answer.statusCode).toBe(500);
      expect(answer.json()).toMatchObject({ code: 'internal_error', request_id: 'order-17' });
      expect(answer.body).not.toContain('secret inner words');
      expect(logged()).toContainEqual(
        expect.objectContaining({
          level: 'error',
          requestId: 'order-17',
          err: expect.objectContaining({
            message: 'secret inner words',
            stack: expect.stringContaining('ProbeController'),
          }),
        }),
      );
    });

    it('passes on the two code words of the bank and nothing else that it said', async () => {
      const answer = await inject('GET', '/probe/bank');
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({
        code: 'bank_request_refused',
        bank: { error: 'INVALID_INPUT', error_code: 'GEN-1202-100002' },
      });
      expect(answer.body).not.toContain('upstream words');
    });
  });

  describe('answering', () => {
    it('writes one line a request, without a value that was sent', async () => {
      const id = '6f8b0c9e-8f5a-4c57-9a55-0d8f1f2f3a4b';
      await inject('GET', `/probe/notes/${id}?code=s3cret`, { headers: { authorization: 'Bearer s3cret' } });
      expect(logged()).toEqual([
        expect.objectContaining({
          level: 'info',
          requestId: expect.any(String),
          method: 'GET',
          route: '/probe/notes/:noteId',
          status: 200,
          durationMs: expect.any(Number),
        }),
      ]);
      expect(lines.join()).not.toContain('s3cret');
      expect(lines.join()).not.toContain(id);
    });

    it('repeats the request id of the caller, or makes one', async () => {
      const named = await inject('POST', '/probe/bare', { headers: { 'x-request-id': 'order-17' } });
      expect(named.headers['x-request-id']).toBe('order-17');
      const unnamed = await inject('POST', '/probe/bare', { headers: { 'x-request-id': 'order 17' } });
      expect(unnamed.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('forbids caching, framing and sniffing', async () => {
      const { headers } = await inject('POST', '/probe/bare');
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    });

    it('leaves a page its own content policy', async () => {
      expect((await inject('GET', '/probe/page')).headers['content-security-policy']).toBe(
        "default-src 'self'",
      );
    });
  });
});
