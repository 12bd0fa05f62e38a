import { acceptedVersion } from './served-version.js';

describe('the version in Accept', () => {
  it.each([
    ['application/vnd.belfius.api+json; version=4', '4'],
    ['application/vnd.belfius.api+json;version=1.1', '1.1'],
    ['application/vnd.belfius.api+json ; version = 12', '12'],
    ['  application/vnd.belfius.api+json; version="3"  ', '3'],
    ['APPLICATION/vnd.belfius.api+JSON; VERSION=3', '3'],
    ['application/vnd.belfius.api+json; version=4; charset=utf-8', '4'],
    ['application/vnd.belfius.api+json; q=1; version=4', '4'],
    ['application/vnd.belfius.api+json; version=4, */*', '4'],
    ['application/json, application/vnd.belfius.api+json; version=1.2', '1.2'],
    ['application/vnd.belfius.api+json, application/vnd.belfius.api+json; version=3', '3'],
    ['application/vnd.belfius.api+json; version=3, application/vnd.belfius.api+json; version=4', '3'],
  ])('is read from %s', (accept, version) => expect(acceptedVersion(accept)).toBe(version));

  it.each([
    '',
    '*/*',
    'application/json; version=4',
    'application/vnd.belfius.api+json',
    'application/vnd.belfius.api+json; version=',
    'application/vnd.belfius.api+json; version=four',
    'application/vnd.belfius.api+json; version=4"',
    'application/vnd.belfius.api+json; xversion=4',
    'application/vnd.belfius.api+json, application/json; version=4',
    ', ; ,',
    'application/vnd.belfius.api+jsonx; version=4',
    'xapplication/vnd.belfius.api+json; version=4',
  ])('is not read from "%s"', (accept) => expect(acceptedVersion(accept)).toBeUndefined());
});
