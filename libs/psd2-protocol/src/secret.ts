/**
 * A value that must not be seen: token, code, verifier, password. It prints as `[redacted]` in each place where a value is turned
 * into text (templates, JSON, `console.log`, `util.inspect`); only `reveal()` returns it. Libraries that seal or send
 * it call that, and no other code does.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
