#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { COMPILED_CODE } from '../core/process/io/compiled-code.ts';

// It holds for what is imported later, and compiling takes most of the time of a start: so everything else is.
enableCompileCache(COMPILED_CODE);
const { runCommandLine } = await import('./command-line.ts');
await runCommandLine(process.argv.slice(2));
