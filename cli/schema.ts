import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { checkOutput } from '../core/config/io/output.ts';
import { summarySchema } from '../report/summary-schema.ts';
import { standaloneSchema } from '../router/standalone/standalone-schema.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import { writeText } from './io/write-text.ts';

const SCHEMAS = {
  scenario: () => ({
    title: 'Starlane scenario',
    ...z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' }),
  }),
  router: () => ({
    title: 'Starlane router',
    ...z.toJSONSchema(standaloneSchema, { io: 'input', unrepresentable: 'any' }),
  }),
  summary: () => ({ title: 'Starlane summary', ...z.toJSONSchema(summarySchema, { io: 'input' }) }),
};

export const schemaCommand = (command: Command): Command =>
  command
    .addArgument(new Argument('[what]', 'of what').choices(Object.keys(SCHEMAS)).default('scenario'))
    .option('-o, --out <file>', 'write it there instead')
    .action((what: keyof typeof SCHEMAS, { out }: { readonly out?: string }) => {
      if (out !== undefined) checkOutput(out, '--out');
      const text = `${JSON.stringify(SCHEMAS[what](), null, 2)}\n`;
      if (out === undefined) process.stdout.write(text);
      else writeText(out, text);
    });
