import { createHash } from 'node:crypto';
import { createPkce } from './pkce.js';

describe('PKCE', () => {
  it('hides a verifier of 43 unreserved characters behind its SHA-256', () => {
    const { verifier, challenge, method } = createPkce();

    expect(verifier.reveal()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(challenge).toBe(createHash('sha256').update(verifier.reveal()).digest('base64url'));
    expect(method).toBe('S256');
  });

  it('is new for every authorization', () => {
    expect(new Set(Array.from({ length: 50 }, () => createPkce().verifier.reveal())).size).toBe(50);
  });
});
