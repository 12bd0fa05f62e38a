import { faultOfDatabaseUrl, parseDatabaseUrl } from './database-url.js';

describe('the URL of a database', () => {
  it('may list several hosts, in the order in which they are tried', () => {
    expect(
      parseDatabaseUrl('postgres://hub:p%40w@a.internal:5433,b,[fd00::1]:6000,[::1]/hub?sslmode=verify-full'),
    ).toEqual({
      url: 'postgres://hub:p%40w@a.internal:5433/hub?sslmode=verify-full',
      hosts: [
        { host: 'a.internal', port: 5433 },
        { host: 'b', port: 5432 },
        { host: 'fd00::1', port: 6000 },
        { host: '::1', port: 5432 },
      ],
      options: '',
    });
  });

  it.each([
    'postgres://hub:pw@db.internal:5432/hub',
    'postgresql://hub@db.internal/hub?sslmode=verify-full&sslrootcert=/tls/ca.pem',
    'postgres://hub:pw@[fd00::1]:5432/hub',
    'postgres://hub@/hub?host=/var/run/postgresql',
  ])('of a single host is left to pg: %s', (url) => {
    expect(parseDatabaseUrl(url)).toEqual({ url, hosts: [], options: '' });
  });

  it.each(['read-write', 'primary'])('may ask for a server that is %s', (attributes) => {
    const { url } = parseDatabaseUrl(
      `postgres://u@a,b/hub?target_session_attrs=${attributes}&application_name=x&options=-c%20work_mem%3D8MB`,
    );
    expect(url).toBe('postgres://u@a/hub?application_name=x');
  });

  it('hands on its options', () => {
    expect(parseDatabaseUrl('postgres://u@a/hub?options=-c%20work_mem%3D8MB').options).toBe(
      '-c work_mem=8MB',
    );
  });

  it.each([
    [undefined, /must be set/],
    ['mysql://hub', /must be set/],
    ['postgres://u:s3 cret@a/hub', /must be set/],
    ['postgres://u:s3cret@a,b:many/hub', /must list its hosts/],
    ['postgres://u:s3cret@a,,b/hub', /must list its hosts/],
    ['postgres://u:s3cret@a,b:65536/hub', /must list its hosts/],
    ['postgres://u:s3cret@a,b/hub?target_session_attrs=any', /target_session_attrs/],
    ['postgres://u:s3cret@a/hub?target_session_attrs=standby', /target_session_attrs/],
  ])('cannot be %s, and the complaint repeats nothing of it', (url, complaint) => {
    const fault = faultOfDatabaseUrl(url) ?? '';
    expect(fault).toMatch(complaint);
    expect(fault).not.toMatch(/s3 ?cret/);
  });
});
