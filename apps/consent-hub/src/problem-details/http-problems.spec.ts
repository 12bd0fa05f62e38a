import {
  BadRequestException,
  HttpException,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerFault, httpProblem } from './http-problems.js';

// The part of a request that the tables read.
const request = (parts: Partial<Pick<FastifyRequest, 'is404' | 'params'>> = {}): FastifyRequest =>
  ({ is404: false, params: {}, ...parts }) as FastifyRequest;

describe('the answer to an exception of the framework', () => {
  it('distinguishes a path without a route from a thing that does not exist', () => {
    expect(httpProblem(new NotFoundException(), request({ is404: true }))?.details.code).toBe(
      'route_not_found',
    );
    expect(httpProblem(new NotFoundException(), request())?.details.code).toBe('not_found');
  });

  it('names each UUID of the path that is none, and no other', () => {
    const error = new BadRequestException('Validation failed (uuid is expected)');
    const params = { consentId: '17', eventId: '0199f3c8-0000-7000-8000-000000000000' };
    expect(httpProblem(error, request({ params }))?.details).toMatchObject({
      code: 'invalid_input',
      errors: [{ field: 'consentId', detail: 'must be a UUID' }],
    });
  });

  it('never repeats the words of the exception', () => {
    for (const status of [400, 401, 403, 404, 408, 413, 415, 503]) {
      const body = httpProblem(new HttpException('inner words', status), request())?.members();
      expect(body).toMatchObject({ status });
      expect(JSON.stringify(body)).not.toContain('inner words');
    }
  });

  it('is left to be a fault of ours for a status that nothing here throws on purpose', () => {
    expect(httpProblem(new HttpException('x', 500), request())).toBeUndefined();
    expect(httpProblem(new HttpException('x', 502), request())).toBeUndefined();
    expect(httpProblem(new ServiceUnavailableException(), request())?.details.status).toBe(503);
  });
});

describe('the answer to an error that names a status', () => {
  it.each([400, 408, 413, 422])('is that status while it is the caller’s fault: %i', (statusCode) => {
    expect(callerFault(Object.assign(new Error('aborted'), { statusCode }))?.details.status).toBe(statusCode);
  });

  it.each([200, 399, 500, 503, '400', undefined])('is left to be a fault of ours for %s', (statusCode) => {
    expect(callerFault(Object.assign(new Error('x'), { statusCode }))).toBeUndefined();
  });
});
