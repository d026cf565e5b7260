import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Reported {
  readonly testResults?: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/**
 * Prints the tests that passed only when they were tried again, from a report of vitest as JSON: they count as passed, and a test that is
 * in this list often deserves a look. Only tests of real time may be tried again, at most twice: a wrong product fails each time.
 */
const { testResults = [] } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Reported;
const again = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
    .map(
      ({ fullName, failureMessages: [first = ''] }) => `${relative('.', name)}: ${fullName}\n  ${first.split('\n')[0]}`,
    ),
);
if (again.length > 0) console.log([`passed when tried again: ${again.length}`, ...again].join('\n'));
