import { type ResolveFnOutput, registerHooks } from "node:module";

/**
 * From here on, `import "drizzle-orm/..."` loads its CommonJS files, and each of these names is looked up once. For each ES module that is
 * imported, Node 24 looks up its package's scope and parses the package's whole `exports` again (getPackageScopeConfig copies a lazy
 * getter), and once more for each import of it; drizzle's are 178 KB: 430 ms of CPU and 180 MB at the start of a process, against 60 ms and
 * 15 MB for the same code as CommonJS (measured by importing drizzle-orm/pg-core alone), and a further 100 ms for the sixty files that
 * import it. It takes effect for modules that are imported afterwards, so an entry point imports this one first and the others with
 * `await import`. There is one drizzle-orm, whoever asks.
 */
export function loadDrizzleAsCommonjs(): void {
  const known = new Map<string, ResolveFnOutput>();
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      if (!/^drizzle-orm(\/|$)/.test(specifier)) return nextResolve(specifier, context);
      const found = known.get(specifier) ?? {
        ...nextResolve(specifier, { ...context, conditions: ["require", "node", "default"] }),
        shortCircuit: true,
      };
      known.set(specifier, found);
      return found;
    },
  });
}
