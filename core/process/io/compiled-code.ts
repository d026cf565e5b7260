import { fileURLToPath } from 'node:url';

/**
 * The folder where Node keeps compiled code, for processes that start later. It is beside the packages: who can write there can
 * write the code itself.
 */
export const COMPILED_CODE = fileURLToPath(new URL('../../../node_modules/.cache/starlane', import.meta.url));
