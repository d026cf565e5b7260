import { textTable } from '../../report/text-table.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { operatorProfiles } from './io/operator-profiles.ts';

/** The coefficients of the profiles that come from operator tables, and how well each fit holds: `npm run bench:operators`. */
benchmarkCommand('bench:operators').parse();
for (const { id, step, errors } of operatorProfiles()) {
  const { experts, ...numbers } = step;
  console.log(`${id}`);
  for (const [name, value] of [...Object.entries(numbers), ...Object.entries(experts ?? {})])
    console.log(`  ${name}: ${Number(Number(value).toPrecision(3))}`);
  const columns = [
    { title: '  fit', align: 'left' },
    { title: 'mean error', align: 'right' },
  ] as const;
  const rows = Object.entries(errors).map(([name, share]) => [`  ${name}`, `${(100 * share).toFixed(1)} %`]);
  console.log(`${textTable(columns, rows).join('\n')}\n`);
}
