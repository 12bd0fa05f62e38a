import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, ROOT } from './local-stack.js';

const WITHIN_MS = 60_000;

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly purl: string } };
  readonly components: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
}
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe('npm run sbom', () => {
  it(
    'lists in CycloneDX what the product consists of, at its versions, and no tool of development',
    async () => {
      const npm = new Program('npm', ['run', '--silent', 'sbom'], process.env);
      expect(await npm.ends(WITHIN_MS)).toBe(0);
      const bom = JSON.parse(npm.output) as Bom;
      const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
      expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) });
      expect(bom.metadata.component).toMatchObject({
        type: 'application',
        purl: `pkg:npm/${manifest.name}@${manifest.version}`,
      });
      const versions = new Map(bom.components.map(({ name, version }) => [name, version]));
      expect(Object.fromEntries(versions)).toMatchObject(manifest.dependencies);
      expect(bom.components.filter(({ purl }) => !purl.startsWith('pkg:npm/'))).toEqual([]);
      for (const tool of ['jest', 'eslint', 'prettier', 'kubernetes-models'])
        expect(versions.has(tool)).toBe(false);
    },
    WITHIN_MS,
  );
});
