import { Command } from 'commander';
import { z } from 'zod';
import { checkOutput } from '../core/config/io/output.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import { writeText } from './io/write-text.ts';

export const schemaCommand = (): Command =>
  new Command('schema')
    .description('Print the JSON Schema of scenario files, for editors.')
    .option('-o, --out <file>', 'write it there instead')
    .action(({ out }: { readonly out?: string }) => {
      if (out !== undefined) checkOutput(out, '--out');
      const schema = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' });
      const text = `${JSON.stringify({ title: 'Starlane scenario', ...schema }, null, 2)}\n`;
      if (out === undefined) process.stdout.write(text);
      else writeText(out, text);
    });
