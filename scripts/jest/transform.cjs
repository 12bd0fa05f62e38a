// Every ES module, ours and the packages', becomes CommonJS: one configuration on each Node, no experimental flag,
// and jest.mock hoisting, fake timers and import.meta work. A tested file may not use top-level await.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('@swc/core');
require('./compile-once.cjs');

const options = (parser, react, sourceMaps = 'inline') => ({
  swcrc: false,
  configFile: false,
  sourceMaps,
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser,
    transform: {
      hidden: { jest: true },
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      ...(react && { react }),
    },
  },
});
const TS = options({ syntax: 'typescript', decorators: true });
const TSX = options(
  { syntax: 'typescript', decorators: true, tsx: true },
  { runtime: 'automatic', importSource: 'preact' },
);
const JS = options({ syntax: 'ecmascript' });
// Packages are not debugged here.
const PACKAGE = options({ syntax: 'ecmascript' }, undefined, false);
const ESM = /^\s*(?:import|export)\b|[;}]\s*(?:import|export)\s*[{*"']|\bimport\.meta\b/m;

module.exports = {
  process(source, filename) {
    if (filename.endsWith('.tsx')) return transformSync(source, { ...TSX, filename });
    if (/\.[mc]?ts$/.test(filename)) return transformSync(source, { ...TS, filename });
    return filename.endsWith('.mjs') || ESM.test(source)
      ? transformSync(source, { ...(filename.includes('node_modules') ? PACKAGE : JS), filename })
      : { code: source };
  },
  getCacheKey: (source, filename) =>
    createHash('sha1').update(`${version}:2`).update(filename).update('\0').update(source).digest('hex'),
};
