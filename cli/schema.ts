import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';
import { scenarioSchema } from '../scenario/schema.ts';

export const schemaCommand = (): Command =>
  new Command('schema')
    .description('Print the JSON Schema of scenario files, for editors.')
    .option('-o, --out <file>', 'write it there instead')
    .action(({ out }: { readonly out?: string }) => {
      const schema = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' });
      const text = `${JSON.stringify({ title: 'Starlane scenario', ...schema }, null, 2)}\n`;
      if (out === undefined) process.stdout.write(text);
      else writeFileSync(out, text);
    });
