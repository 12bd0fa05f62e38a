import type { Secret } from '@consent-hub/psd2-protocol';

/**
 * The cookie of a session of pages. `__Host-` keeps other hosts of the same domain from planting one (RFC 6265bis, section 4.1.3.2);
 * browsers take it over TLS alone, so a hub whose public URL is plain HTTP, on a developer's machine, does without. `Lax`: people come
 * from the page of an identity provider or of the bank, and by links.
 */
export class HostCookie {
  private readonly name: string;

  constructor(
    name: string,
    private readonly isSecure: boolean,
  ) {
    this.name = isSecure ? `__Host-${name}` : name;
  }

  /** @param maxAgeSeconds absent: it is gone when the browser closes */
  set(value: Secret, maxAgeSeconds?: number): string {
    return this.line(value.reveal(), maxAgeSeconds);
  }

  clear(): string {
    return this.line('', 0);
  }

  /** What the header `Cookie` holds of it. */
  read(header: string | undefined): string | undefined {
    const beginning = `${this.name}=`;
    return (header ?? '')
      .split(';')
      .map((one) => one.trim())
      .find((one) => one.startsWith(beginning))
      ?.slice(beginning.length);
  }

  private line(value: string, maxAgeSeconds: number | undefined): string {
    const maxAge = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
    return `${this.name}=${value}; Path=/${maxAge}; HttpOnly; SameSite=Lax${this.isSecure ? '; Secure' : ''}`;
  }
}
