import { describe, expect, test } from 'vitest';
import {
  exchangeCommands,
  redirectCommands,
  restoreText,
  undoCommands,
} from '../../../../../netem/shaping/agent/io/redirect.ts';

describe('the commands that send connections to a relay', () => {
  test('translate new ones, and reset what arrives untranslated, in chains of our own', () => {
    const commands = redirectCommands([
      { address: '198.18.16.2', port: 50_051, toPort: 40_001 },
      { address: '198.18.17.2', port: 50_051, toPort: 40_002 },
    ]);
    expect(commands.map((command) => command.join(' '))).toEqual([
      '-t nat -N STARLANE',
      '-t nat -A STARLANE -d 198.18.16.2 -p tcp --dport 50051 -j REDIRECT --to-ports 40001',
      '-t nat -A STARLANE -d 198.18.17.2 -p tcp --dport 50051 -j REDIRECT --to-ports 40002',
      '-t nat -A PREROUTING -j STARLANE',
      '-t filter -N STARLANE',
      '-t filter -A STARLANE -d 198.18.16.2 -p tcp --dport 50051 -j REJECT --reject-with tcp-reset',
      '-t filter -A STARLANE -d 198.18.17.2 -p tcp --dport 50051 -j REJECT --reject-with tcp-reset',
      '-t filter -A INPUT -j STARLANE',
    ]);
  });

  test('are exchanged without a moment in which a new connection is neither translated nor reset', () => {
    const commands = exchangeCommands([{ address: '198.18.16.9', port: 50_051, toPort: 40_003 }]);
    expect(commands.map((command) => command.join(' '))).toEqual([
      '-t nat -F STARLANE', // what comes now is reset
      '-t nat -A STARLANE -d 198.18.16.9 -p tcp --dport 50051 -j REDIRECT --to-ports 40003',
      '-t filter -F STARLANE', // what comes now is translated
      '-t filter -A STARLANE -d 198.18.16.9 -p tcp --dport 50051 -j REJECT --reject-with tcp-reset',
    ]);
  });

  test('take effect at once in each table', () => {
    expect(
      restoreText(redirectCommands([{ address: '198.18.16.2', port: 50_051, toPort: 40_001 }])).split('\n'),
    ).toEqual([
      '*nat',
      '-N STARLANE',
      '-A STARLANE -d 198.18.16.2 -p tcp --dport 50051 -j REDIRECT --to-ports 40001',
      '-A PREROUTING -j STARLANE',
      'COMMIT',
      '*filter',
      '-N STARLANE',
      '-A STARLANE -d 198.18.16.2 -p tcp --dport 50051 -j REJECT --reject-with tcp-reset',
      '-A INPUT -j STARLANE',
      'COMMIT',
      '',
    ]);
  });

  test('are undone by naming our chains and nothing else', () => {
    expect(undoCommands.map((command) => command.join(' '))).toEqual([
      '-t nat -D PREROUTING -j STARLANE',
      '-t nat -F STARLANE',
      '-t nat -X STARLANE',
      '-t filter -D INPUT -j STARLANE',
      '-t filter -F STARLANE',
      '-t filter -X STARLANE',
    ]);
  });
});
