import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BRANDS } from '@consent-hub/psd2-protocol';
import * as models from 'kubernetes-models';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';

const ROOT = resolve(import.meta.dirname, '..', '..');
const BASE = join('deploy', 'kubernetes', 'base');
const EXAMPLE = join('deploy', 'kubernetes', 'example');
const COMPILES_MS = 120_000;

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}
interface Kustomization {
  readonly resources: readonly string[];
}

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

const resourcesOf = (directory: string): Resource[] =>
  readdirSync(join(ROOT, directory))
    .filter((file) => file !== 'kustomization.yaml')
    .flatMap((file) =>
      parseAllDocuments(read(directory, file)).map((document) => document.toJS() as Resource),
    );

/** `apps/v1` and `StatefulSet` are in `kubernetes-models/apps/v1`. */
const moduleOf = ({ apiVersion }: Resource): string => `kubernetes-models/${apiVersion}`;

/** What the compiler says of resources that are written out as values of their types: unknown and missing properties, too. */
function faultsOf(resources: readonly Resource[]): string[] {
  const file = join(ROOT, 'test', 'architecture', 'resources.ts');
  const text = resources
    .map(
      (resource, index) =>
        `import type { I${resource.kind} as T${index} } from '${moduleOf(resource)}';\n` +
        `export const r${index}: T${index} = ${JSON.stringify(resource)};\n`,
    )
    .join('');
  const options: ts.CompilerOptions = {
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    ...{ strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2023, types: [] },
  };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const base = resourcesOf(BASE);
const find = <Kind>(kind: string, name = 'consent-hub', among = base): Kind => {
  const found = among.find((each) => each.kind === kind && each.metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}`);
  return found as Kind;
};

type Pod = models.v1.IPodSpec;
const hubs = find<{ spec: { serviceName: string; template: { spec: Pod; metadata: unknown } } }>(
  'StatefulSet',
);
const hub = hubs.spec.template.spec;
const job = find<{ spec: { template: { spec: Pod } } }>('Job', 'consent-hub-migrate').spec.template.spec;
const settings = find<{ data: Record<string, string> }>('ConfigMap').data;
const [container] = hub.containers;
const [migration] = job.containers;
if (!container || !migration) throw new Error('A pod has no container');
/** Names in backticks in the first column of the table of docs/configuration.md, for every brand. */
const documented = [...read('docs', 'configuration.md').matchAll(/^\|([^|]*)\|/gm)]
  .flatMap(([, cell = '']) => [...cell.matchAll(/`([A-Z][A-Z0-9_<>]+)`/g)].map(([, name = '']) => name))
  .flatMap((name) => BRANDS.map((brand) => name.replace('<BRAND>', brand.toUpperCase())));

describe('the resources for Kubernetes', () => {
  const all = [...base, ...resourcesOf(EXAMPLE)];

  it(
    'are of the types of Kubernetes, without a property that these do not have',
    () => {
      expect(faultsOf(all)).toEqual([]);
      const planted = JSON.parse(
        JSON.stringify(hubs).replace('"readinessProbe"', '"readinesProbe"'),
      ) as Resource;
      expect(faultsOf([planted]).join('\n')).toContain('readinesProbe');
    },
    COMPILES_MS,
  );

  it.each(all.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const))(
    'pass the checks of their schema: %s',
    async (_, resource) => {
      const module = (await import(moduleOf(resource))) as Record<
        string,
        new (resource: Resource) => { validate(): void }
      >;
      const Model = module[resource.kind];
      expect(() => new (Model as NonNullable<typeof Model>)(resource).validate()).not.toThrow();
    },
  );

  it('are all listed', () => {
    for (const directory of [BASE, EXAMPLE]) {
      const { resources } = parse(read(directory, 'kustomization.yaml')) as Kustomization;
      const files = readdirSync(join(ROOT, directory)).filter((file) => file !== 'kustomization.yaml');
      expect(resources.filter((each) => !each.startsWith('..')).sort()).toEqual(files.sort());
    }
  });
});

describe('a hub in Kubernetes', () => {
  it('gets settings that are documented alone, those of every brand among them', () => {
    expect(Object.keys(settings).filter((name) => !documented.includes(name))).toEqual([]);
    for (const brand of BRANDS)
      for (const name of [
        'API_URL',
        'CLIENT_ID',
        'CLIENT_SECRET_FILE',
        'TLS_CERT_FILE',
        'TLS_KEY_FILE',
        'TLS_CA_FILE',
      ])
        expect(settings).toHaveProperty(`BANK_${brand.toUpperCase()}_${name}`);
  });

  it('gets no secret in its environment, and each by a file of a secret that is mounted', () => {
    const secrets = documented.filter((name) => documented.includes(`${name}_FILE`));
    expect(secrets).toContain('DATABASE_URL');
    const variables = [hub, job].flatMap((pod) => pod.containers.flatMap(({ env = [] }) => env));
    expect(
      variables.filter(({ name, valueFrom }) => valueFrom?.secretKeyRef ?? secrets.includes(name)),
    ).toEqual([]);
    expect(Object.keys(settings).filter((name) => secrets.includes(name))).toEqual([]);
    const mounted = (container.volumeMounts ?? [])
      .filter(({ readOnly }) => readOnly)
      .map(({ mountPath }) => mountPath);
    const files = Object.entries(settings).filter(([name]) => name.endsWith('_FILE'));
    expect(files.filter(([, file]) => !mounted.some((path) => file.startsWith(`${path}/`)))).toEqual([]);
    const names = (pod: Pod) => (pod.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []);
    expect(names(hub)).not.toContain('consent-hub-migrator');
    expect(names(job)).toEqual(['consent-hub-migrator']);
  });

  it('has the time to end that its calls may take, after it has served on for the proxies', () => {
    const preStopMs = Number(container.lifecycle?.preStop?.sleep?.seconds) * 1000;
    const settlingMs = Number(
      /SETTLING_MS = ([\d_]+)/
        .exec(read('apps', 'consent-hub', 'src', 'bootstrap.ts'))?.[1]
        ?.replaceAll('_', ''),
    );
    const graceMs = Number(hub.terminationGracePeriodSeconds) * 1000;
    expect(preStopMs).toBeGreaterThan(0);
    expect(graceMs).toBeGreaterThan(preStopMs + Number(settings['BANK_TOKEN_TIMEOUT_MS']) + settlingMs);
  });

  it('is asked on paths that it has, on ports that it listens on', () => {
    const controller = read('apps', 'consent-hub', 'src', 'health', 'health.controller.ts');
    const paths = [...controller.matchAll(/@Get\('(\w+)'\)/g)].map(([, name]) => `/health/${name}`);
    const ports = new Map(
      (container.ports ?? []).map(({ name, containerPort }) => [name, String(containerPort)]),
    );
    for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
      expect(paths).toContain(probe?.httpGet?.path);
      expect(ports.has(String(probe?.httpGet?.port))).toBe(true);
    }
    expect(container.readinessProbe?.httpGet?.path).toBe('/health/ready');
    expect(container.livenessProbe?.httpGet?.path).toBe('/health/live');
    expect(ports).toEqual(
      new Map([
        ['http', settings['HUB_PORT']],
        ['metrics', settings['HUB_METRICS_PORT']],
      ]),
    );
  });

  it('keeps its name and the disk of its spool, and writes nowhere else', () => {
    expect(container.env).toEqual([
      { name: 'HUB_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ]);
    const { volumeClaimTemplates } = (hubs as unknown as { spec: { volumeClaimTemplates: Resource[] } }).spec;
    const written = (container.volumeMounts ?? []).filter(({ readOnly }) => !readOnly);
    expect(written).toEqual([
      { name: volumeClaimTemplates[0]?.metadata.name, mountPath: settings['HUB_SPOOL_DIR'] },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
    expect(find<Resource>('Service', hubs.spec.serviceName).kind).toBe('Service');
  });

  it.each([
    ['hubs', hub],
    ['migration', job],
  ])('has no rights that it does not need: %s', (_, pod) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(read('Dockerfile')).toContain(
      `USER ${pod.securityContext?.runAsUser}:${pod.securityContext?.runAsGroup}\n`,
    );
    for (const each of pod.containers)
      expect(each.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
  });

  it('is reached on its two ports alone, and reaches names, the database and the bank alone', () => {
    interface Rule {
      readonly ports: readonly { readonly port: number }[];
      readonly to?: unknown;
      readonly from?: unknown;
    }
    const policy = find<{ spec: { policyTypes: string[]; ingress: Rule[]; egress: Rule[] } }>(
      'NetworkPolicy',
    ).spec;
    const portsOf = (rules: Rule[]) => [
      ...new Set(rules.flatMap(({ ports }) => ports.map(({ port }) => String(port)))),
    ];
    const banks = BRANDS.map((brand) => new URL(settings[`BANK_${brand.toUpperCase()}_API_URL`] ?? '').port);
    expect(policy.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(portsOf(policy.ingress).sort()).toEqual(
      [settings['HUB_PORT'], settings['HUB_METRICS_PORT']].sort(),
    );
    expect(portsOf(policy.egress).sort()).toEqual([...new Set(['53', '5432', ...banks])].sort());
    expect(policy.ingress.every(({ from }) => from) && policy.egress.every(({ to }) => to)).toBe(true);
  });

  it('lets people reach their own pages, links and callbacks from outside, and nothing else', () => {
    interface Path {
      readonly path: string;
      readonly pathType: string;
    }
    const among = resourcesOf(EXAMPLE);
    const { rules } = find<{ spec: { rules: { http: { paths: Path[] } }[] } }>(
      'Ingress',
      'consent-hub',
      among,
    ).spec;
    expect(rules.flatMap(({ http }) => http.paths).map(({ path, pathType }) => [path, pathType])).toEqual([
      ['/', 'Exact'],
      ['/start/', 'Prefix'],
      ['/callback/', 'Prefix'],
      ['/my', 'Prefix'],
    ]);
  });
});
