// Module hooks (https://nodejs.org/api/module.html#customization-hooks) that put a substitute in the place of a module of
// the product. What the substitute imports is found as from there, and the module itself is the original for it alone.
let original;
let substitute;

export function initialize(data) {
  ({ original, substitute } = data);
}

export async function resolve(specifier, context, nextResolve) {
  if (context.parentURL === substitute) return nextResolve(specifier, { ...context, parentURL: original });
  const resolved = await nextResolve(specifier, context);
  return resolved.url === original ? { ...resolved, url: substitute } : resolved;
}
