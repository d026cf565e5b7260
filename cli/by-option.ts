import { type Command, Option } from 'commander';
import { type GroupingName, groupingNames, groupingsIn } from '../report/group/registry.ts';

export interface ByOption {
  /** Empty where nobody asked. */
  readonly by: readonly GroupingName[];
}

/** The option of commands that print figures by group. */
export const withByOption = (command: Command): Command =>
  command.addOption(
    new Option('--by <grouping,...>', `figures by group, too: ${groupingNames.join(', ')}`)
      .argParser((text: string) => groupingsIn(text, '--by'))
      .default([], 'none'),
  );
