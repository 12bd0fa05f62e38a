// npm run sbom: what is installed in production, as a bill of materials (CycloneDX, JSON) on stdout. `npm sbom --omit dev` leaves
// packages out that tools of development need as well, so this takes the whole list and drops what it marks as of development.
import { runNpm } from './lib/commands.mjs';
import { describeError } from './lib/failure.mjs';

const OF_DEVELOPMENT = 'cdx:npm:package:development';

async function main() {
  const all = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const bom = JSON.parse(await runNpm([...all, '--loglevel=silent'], { what: 'npm sbom' }));
  const components = bom.components.filter(
    ({ properties = [] }) =>
      !properties.some(({ name, value }) => name === OF_DEVELOPMENT && value === 'true'),
  );
  const kept = new Set([bom.metadata.component, ...components].map((component) => component['bom-ref']));
  const dependencies = bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
  process.stdout.write(`${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`);
}

main().catch((error) => {
  console.error(describeError(error));
  process.exitCode = 1;
});
