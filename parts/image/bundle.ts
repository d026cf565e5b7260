import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

/**
 * Joins what each process of a container runs into a few files in `bundle/`, for the images alone: `node parts/image/bundle.ts`.
 * Thirteen containers start at once, and each took a third of a second of processor time to find and read 800 modules.
 */
const ENTRIES = {
  node: 'parts/node.ts',
  router: 'parts/router.ts',
  agent: 'parts/agent.ts',
  starlane: 'cli/main.ts',
  'null-server': 'services/client/io/null-server-thread.ts',
  'reload-thread': 'hosts/io/reload-thread.ts',
};

/** Files that code finds from where it is itself are found there still: the Dockerfile copies them to the same places. */
const staysInPlace: Plugin = {
  name: 'stays-in-place',
  transform: (code, id) => {
    if (!/__dirname|import\.meta\./.test(code) || !/\.[cm]?[jt]s$/.test(id)) return null;
    const folder = JSON.stringify(dirname(id));
    return code
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      .replaceAll('import.meta.dirname', folder)
      .replaceAll(/(?<![\w.$])__dirname\b/g, folder);
  },
};

const bundle = await rolldown({ input: ENTRIES, platform: 'node', plugins: [staysInPlace] });
const { output } = await bundle.write({ dir: 'bundle', format: 'esm', cleanDir: true });
await bundle.close();

const own = new Set(output.map(({ fileName }) => fileName));
const left = output
  .flatMap((file) => (file.type === 'chunk' ? [...file.imports, ...file.dynamicImports] : []))
  .filter((name) => !own.has(name) && !isBuiltin(name));
if (left.length > 0) throw new Error(`not in the bundle: ${[...new Set(left)].join(', ')}`);
