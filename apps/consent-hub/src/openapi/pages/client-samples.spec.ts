import path from 'node:path';
import ts from 'typescript';
import { CLIENT_SAMPLES, CLIENT_SETUP } from './client-samples.js';

jest.setTimeout(120_000);

const ROOT = path.resolve(import.meta.dirname, '../../../../..');
const PROGRAM = path.join(ROOT, 'samples-of-the-reference.ts');

/** What the compiler says of a program that is in no file. */
function faultsOf(program: string): string[] {
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: ['node'] },
    ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext },
    ...{ moduleResolution: ts.ModuleResolutionKind.NodeNext, moduleDetection: ts.ModuleDetectionKind.Force },
    paths: { '@consent-hub/client': [path.join(ROOT, 'libs/client/src/index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, version, ...rest) =>
    file === PROGRAM ? ts.createSourceFile(file, program, version) : read(file, version, ...rest);
  const exists = host.fileExists.bind(host);
  host.fileExists = (file) => file === PROGRAM || exists(file);
  const compiled = ts.createProgram([PROGRAM], options, host);
  return ts
    .getPreEmitDiagnostics(compiled)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const whole = (samples: readonly string[]): string =>
  [CLIENT_SETUP, ...samples.map((sample) => `{\n${sample}\n}`)].join('\n');

describe('the samples of the client library', () => {
  it('are programs that the compiler accepts', () => {
    expect(faultsOf(whole(Object.values(CLIENT_SAMPLES)))).toEqual([]);
  });

  it('are checked: a call that the library does not have is found', () => {
    expect(faultsOf(whole(['await api.openDoor(id);']))).toEqual([
      `Property 'openDoor' does not exist on type 'ConsentHub'.`,
    ]);
  });
});
