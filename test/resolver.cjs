// './x.js' in our TypeScript means './x.ts'. Packages that export only "import" resolve through that
// condition, since the transform turns them into CommonJS.
function resolveOwnSource(request, options) {
  try {
    return options.defaultResolver(request.replace(/\.js$/, '.ts'), options);
  } catch {
    return options.defaultResolver(request, options);
  }
}

module.exports = function resolve(request, options) {
  const isRelative = /^\.{1,2}\//.test(request);
  if (isRelative && request.endsWith('.js') && !options.basedir.includes('node_modules')) {
    return resolveOwnSource(request, options);
  }
  try {
    return options.defaultResolver(request, options);
  } catch (error) {
    if (isRelative || request.startsWith('/')) throw error;
    const conditions = [...(options.conditions ?? []), 'import'];
    return options.defaultResolver(request, { ...options, conditions });
  }
};
