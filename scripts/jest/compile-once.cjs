// Jest evaluates every module anew for each test file, and compiles it anew, which takes a third of what loading costs. Here a
// worker compiles each source once; only the evaluation is repeated, in the context of each test file.
const vm = require('node:vm');

const { compileFunction } = vm;
/** By file name: what was compiled, and the script, which is undefined where Jest must compile. */
const compiled = new Map();

/** A script cannot pass on to Jest what is imported dynamically. */
const scriptOf = (source, parameters, filename) => {
  if (/\bimport\s*\(/.test(source)) return undefined;
  const head = `(function (${parameters.join(', ')}) {`;
  return new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
};

vm.compileFunction = (source, parameters = [], options = {}) => {
  const { filename, parsingContext } = options;
  if (!filename || !parsingContext) return compileFunction(source, parameters, options);
  let known = compiled.get(filename);
  if (known?.source !== source) {
    known = { source, script: scriptOf(source, parameters, filename) };
    compiled.set(filename, known);
  }
  return known.script
    ? known.script.runInContext(parsingContext)
    : compileFunction(source, parameters, options);
};
