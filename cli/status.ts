import type { Command } from 'commander';
import { EXIT } from '../core/process/exit-code.ts';
import { topologyStatus } from '../hosts/compose/io/topology-status.ts';

export const statusCommand = (command: Command): Command =>
  command.option('--json', 'print JSON', false).action(async ({ json }: { readonly json: boolean }) => {
    const standing = await topologyStatus();
    if (json) {
      process.stdout.write(`${JSON.stringify(standing, null, 2)}\n`);
    } else if (standing.length === 0) {
      process.stdout.write('no Starlane topology is running\n');
    }
    for (const { project, scenario, edited, containers } of json ? [] : standing) {
      process.stdout.write(`${project} (scenario ${scenario})\n`);
      if (edited !== null) process.stdout.write(`  ${edited}\n`);
      const width = Math.max(...containers.map(({ service }) => service.length));
      for (const { service, status, says } of containers)
        process.stdout.write(`  ${service.padEnd(width)}  ${status}${says === null ? '' : `  ${says}`}\n`);
    }
    const isHealthy = standing.every(({ containers }) =>
      containers.every(({ status, says }) => status.startsWith('Up') && !status.includes('unhealthy') && says === null),
    );
    if (!isHealthy) process.exitCode = EXIT.failed;
  });
