import { createRequire, isBuiltin, registerHooks } from 'node:module';
import { z } from 'zod';
import { ConfigError } from '../../../core/config/config-error.ts';
import type { OwnPolicyModule } from '../own-policy.ts';

/**
 * The module in the text of a file with a policy, which the scenario calls `file`: TypeScript (types are removed, not checked) or
 * JavaScript. It is the text that runs, on every host, and that a result's hash is of. Throws `ConfigError` where it cannot run, imports
 * another file, or exports something else.
 */
export const loadedPolicy = (text: string, file: string): OwnPolicyModule => {
  let made = modules.get(text);
  if (made === undefined) {
    made = checkedModule(ranModule(text, file), file);
    modules.set(text, made);
  }
  return made;
};

const modules = new Map<string, OwnPolicyModule>();

const SCHEME = 'starlane-policy:';
const texts = new Map<string, string>();
const require = createRequire(import.meta.url);
let isHooked = false;

const ranModule = (text: string, file: string): Readonly<Record<string, unknown>> => {
  if (!isHooked) {
    registerHooks(HOOKS);
    isHooked = true;
  }
  const url = `${SCHEME}${texts.size}/${encodeURIComponent(file)}`;
  texts.set(url, text);
  try {
    return require(url) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    throw new ConfigError('', `${file} is no policy that can run: ${line}`);
  }
};

const HOOKS: Parameters<typeof registerHooks>[0] = {
  resolve: (specifier, context, next) => {
    if (specifier.startsWith(SCHEME)) return { url: specifier, format: 'module-typescript', shortCircuit: true };
    if (context.parentURL?.includes(SCHEME) !== true || isBuiltin(specifier)) return next(specifier, context);
    throw new Error(`it imports ${specifier}, expected types only (import type); what it needs is given to create`);
  },
  load: (url, context, next) => {
    const source = texts.get(url);
    return source === undefined ? next(url, context) : { format: 'module-typescript', source, shortCircuit: true };
  },
};

const checkedModule = (exported: Readonly<Record<string, unknown>>, file: string): OwnPolicyModule => {
  for (const name of ['schema', 'create']) {
    if (typeof exported[name] === 'function') continue;
    const was = exported[name] === undefined ? 'is missing' : `is ${typeof exported[name]}`;
    throw new ConfigError('', `${file}: its export "${name}" ${was}, expected a function; see router/POLICIES.md`);
  }
  const module = exported as unknown as OwnPolicyModule;
  let schema: unknown;
  try {
    schema = module.schema(z);
  } catch (error) {
    throw new ConfigError('', `${file}: its schema cannot be made: ${error instanceof Error ? error.message : error}`);
  }
  if (schema instanceof z.ZodType) return module;
  throw new ConfigError('', `${file}: its schema gives ${typeof schema}, expected a schema of the z that it is given`);
};
