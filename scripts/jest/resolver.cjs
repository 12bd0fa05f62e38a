// "./x.js" in our TypeScript means ./x.ts or ./x.tsx; packages with only an "import" export still resolve.
module.exports = (request, options) => {
  if (/^\.{1,2}\//.test(request) && request.endsWith('.js') && !options.basedir.includes('node_modules')) {
    for (const extension of ['.ts', '.tsx']) {
      try {
        return options.defaultResolver(request.replace(/\.js$/, extension), options);
      } catch {
        // not that one
      }
    }
  }
  try {
    return options.defaultResolver(request, options);
  } catch {
    const conditions = [...new Set([...(options.conditions ?? []), 'import', 'default'])];
    return options.defaultResolver(request, { ...options, conditions });
  }
};
