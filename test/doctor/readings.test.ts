import { describe, expect, test } from 'vitest';
import { type CommandOutcome, dockerFactsOf } from '../../cli/doctor/docker-facts.ts';
import { kernelNetem } from '../../cli/doctor/kernel-netem.ts';
import { routesOf } from '../../cli/doctor/routes.ts';
import { cidrOf } from '../../core/net/ipv4-block.ts';

const ended = (out: unknown, err = '', code = 0): CommandOutcome => ({
  kind: 'ended',
  code,
  out: typeof out === 'string' ? out : JSON.stringify(out),
  err,
});

describe('the output of the docker command', () => {
  const version = {
    Client: { Version: '28.2.2' },
    Server: { Version: '20.10.24', ApiVersion: '1.41' },
  };
  const info = {
    ServerVersion: '20.10.24',
    OSType: 'linux',
    OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    KernelVersion: '6.1.0',
    NCPU: 2,
    MemTotal: 4e9,
    CgroupVersion: '1',
    MemoryLimit: true,
    CpuCfsQuota: false,
    Swarm: { LocalNodeState: 'active' },
    SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'],
  };

  test('is read when the engine answers', () => {
    expect(dockerFactsOf(ended(version), ended(info))).toEqual({
      kind: 'answers',
      version: '20.10.24',
      apiVersion: '1.41',
      containers: 'linux',
      system: 'Debian GNU/Linux 12 (bookworm)',
      kernelRelease: '6.1.0',
      cores: 2,
      memoryBytes: 4e9,
      cgroupVersion: '1',
      limitsMemory: true,
      limitsProcessor: false,
      swarm: 'active',
      isRootless: true,
    });
  });

  const noServer = { Client: { Version: '28.2.2' }, Server: null };
  const emptyInfo = {
    ServerVersion: '',
    SecurityOptions: null,
    Swarm: { LocalNodeState: '' },
  };

  test.each<[string, CommandOutcome, CommandOutcome, object]>([
    ['no command', { kind: 'absent' }, { kind: 'absent' }, { kind: 'no-cli' }],
    [
      'a stopped engine',
      ended(noServer, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n', 1),
      ended(emptyInfo, '', 1),
      {
        kind: 'silent',
        reason: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
      },
    ],
    [
      'an engine of root alone',
      ended(noServer, 'permission denied while trying to connect to the Docker daemon socket\n', 1),
      ended(emptyInfo, '', 1),
      { kind: 'denied' },
    ],
    [
      'an engine that hangs',
      { kind: 'late', afterMs: 2000 },
      { kind: 'late', afterMs: 2000 },
      { kind: 'silent', reason: 'no answer within 2 s' },
    ],
    ['nonsense', ended('{'), ended('?'), { kind: 'silent', reason: 'it does not report its version' }],
  ])('is read for %s', (_, said, known, facts) => {
    expect(dockerFactsOf(said, known)).toEqual(facts);
  });

  test('counts more than a warning that docker cannot read a file', () => {
    const grumble = 'WARNING: Error loading config file: open config.json: permission denied\n';
    expect(dockerFactsOf(ended(version, grumble), ended(info, grumble)).kind).toBe('answers');
  });
});

describe('netem support of a kernel', () => {
  const notTried = { supported: false, reason: 'tc is not installed' } as const;
  const silent = { loaded: null, builtIn: null, loadable: null, config: null };

  test('is taken from a trial before its traces', () => {
    const loadable = {
      ...silent,
      loadable: 'kernel/net/sched/sch_netem.ko:\n',
    };
    expect(kernelNetem({ supported: true }, silent).kind).toBe('supported');
    const refused = {
      supported: false,
      reason: 'this kernel has no sch_htb (it said so)',
    } as const;
    expect(kernelNetem(refused, loadable)).toEqual({
      kind: 'unsupported',
      reason: refused.reason,
    });
    expect(kernelNetem(notTried, loadable).kind).toBe('supported');
    expect(kernelNetem(notTried, silent)).toEqual({
      kind: 'unknown',
      reason: 'tc is not installed, and the kernel does not show it without privileges',
    });
  });

  test.each([
    ['nothing', {}, 'unknown'],
    ['a loaded module', { loaded: 'nf_nat 1 0 - Live 0x0\nsch_netem 28672 0 - Live 0x0\n' }, 'supported'],
    ['a part of it', { builtIn: 'kernel/net/sched/sch_netem.ko\n' }, 'supported'],
    ['a packed module', { loadable: 'kernel/net/sched/sch_netem.ko.xz:\n' }, 'supported'],
    ['a module that needs another', { loadable: 'kernel/net/sched/sch_netem.ko: kernel/lib/a.ko\n' }, 'supported'],
    ['a module that another names', { loadable: 'kernel/a.ko: kernel/net/sched/sch_netem.ko\n' }, 'unknown'],
    ['a configuration with it', { config: 'CONFIG_NET_SCH_NETEM=y\n' }, 'supported'],
    ['a configuration with a module', { config: 'CONFIG_NET_SCH_NETEM=m\n' }, 'unknown'],
    ['a configuration without it', { config: '# CONFIG_NET_SCH_NETEM is not set\n' }, 'unsupported'],
    [
      'other modules',
      {
        loaded: 'nf_nat 1 0 - Live 0x0\n',
        loadable: 'kernel/net/sched/sch_tbf.ko:\n',
      },
      'unknown',
    ],
  ])('from %s', (_, traces, kind) => {
    expect(kernelNetem(notTried, { ...silent, ...traces }).kind).toBe(kind);
  });
});

describe('the routes of Linux', () => {
  test('are read, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      'docker0\t00FF12C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      '',
    ].join('\n');
    expect(routesOf(table).map(({ device, block }) => `${device} ${cidrOf(block)}`)).toEqual([
      'eth0 192.0.2.0/24',
      'docker0 198.18.255.0/24',
    ]);
  });
});
