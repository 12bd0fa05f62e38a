import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../stack/local-stack.js';

type Template = 'etcd.yml' | 'haproxy.cfg' | 'patroni.yml' | 'pgbouncer.ini';

/**
 * A configuration of deploy/ha, as an operator fills it in.
 *
 * @param values of its placeholders, each of which is `{{NAME}}`
 * @throws Error where a placeholder has no value, or a value no placeholder
 */
export function filledTemplate(name: Template, values: Readonly<Record<string, string | number>>): string {
  const unused = new Set(Object.keys(values));
  const text = readFileSync(join(ROOT, 'deploy', 'ha', name), 'utf8').replaceAll(
    /\{\{([A-Z_]+)\}\}/g,
    (_, placeholder: string) => {
      const value = values[placeholder];
      if (value === undefined) throw new Error(`${placeholder} of ${name} has no value`);
      unused.delete(placeholder);
      return String(value);
    },
  );
  if (unused.size > 0) throw new Error(`${name} has no ${[...unused].join(', ')}`);
  return text;
}
