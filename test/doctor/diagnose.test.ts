import { describe, expect, test } from 'vitest';
import type { Host } from '../../cli/doctor/check.ts';
import { type Diagnosis, diagnose } from '../../cli/doctor/diagnose.ts';
import type { Facts } from '../../cli/doctor/facts.ts';
import { ipv4Block } from '../../core/net/ipv4-block.ts';
import type { ShaperChoice } from '../../scenario/deployment/environment.ts';
import { engine, known, unknown, well } from './facts.ts';

const diagnosed = (facts: Partial<Facts>, host: Host = 'compose', shaper: ShaperChoice = 'auto'): Diagnosis =>
  diagnose({ ...well, ...facts }, { host, shaper });

const checkOf = ({ checks }: Diagnosis, name: string) => checks.find((check) => check.name === name)!;

const HOSTS: readonly Host[] = ['simulate', 'local', 'compose'];

describe('the doctor', () => {
  test('finds a machine that nothing is wrong with well, for every host', () => {
    for (const host of HOSTS) {
      const { canRun, checks } = diagnosed({}, host);
      expect(canRun).toBe(true);
      expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(checks.filter(({ fix }) => fix !== null)).toEqual([]);
    }
  });

  test('says what to do about everything that is not well', () => {
    const nothing = unknown('not asked');
    const { checks } = diagnosed(Object.fromEntries(Object.keys(well).map((name) => [name, nothing])));
    for (const { status, found, means, fix } of checks) {
      expect(status).not.toBe('ok');
      expect(found).toContain('not asked');
      expect(means).not.toBe('');
      expect(fix).not.toBeNull();
    }
  });

  test('counts for a host only what that host needs', () => {
    const withoutDocker = { docker: known({ kind: 'no-cli' as const }) };
    expect(HOSTS.map((host) => diagnosed(withoutDocker, host).canRun)).toEqual([true, true, false]);
    const withoutDisk = { disk: known({ folder: 'results', freeBytes: 50e9, isWritable: false }) };
    expect(HOSTS.map((host) => diagnosed(withoutDisk, host).canRun)).toEqual([false, false, false]);
    expect(checkOf(diagnosed({}, 'simulate'), 'timers').counts).toBe(false);
    expect(checkOf(diagnosed({}, 'local'), 'timers').counts).toBe(true);
  });

  test('tells one missing engine once', () => {
    const names = diagnosed({ docker: known({ kind: 'no-cli' }) }).checks.map(({ name }) => name);
    expect(names).toContain('docker');
    for (const name of ['compose', 'limits', 'swarm']) expect(names).not.toContain(name);
  });
});

const runtime = { version: '26.10.0', pinned: '26.10.0', platform: 'linux', arch: 'x64' };
const clock = { movedMs: 0.004, watchedMs: 200, isSynchronised: known(true) };

describe('a verdict', () => {
  test.each<[string, Partial<Facts>, string, string, RegExp]>([
    ['an older Node', { runtime: known({ ...runtime, version: '24.9.0' }) }, 'runtime', 'fail', /24\.9\.0/],
    ['another Node 26', { runtime: known({ ...runtime, version: '26.2.0' }) }, 'runtime', 'warning', /26\.2\.0/],
    ['a newer Node', { runtime: known({ ...runtime, version: '27.0.0' }) }, 'runtime', 'warning', /27\.0\.0/],
    ['Windows', { runtime: known({ ...runtime, platform: 'win32' }) }, 'runtime', 'warning', /win32/],
    ['one core', { processor: known({ cores: 1, load: 0.1 }) }, 'processor', 'warning', /^1 core,/],
    ['a busy processor', { processor: known({ cores: 2, load: 1.2 }) }, 'processor', 'warning', /load 1\.2/],
    ['a processor of unknown load', { processor: known({ cores: 2, load: null }) }, 'processor', 'ok', /^2 cores$/],
    ['little memory', { memory: known({ availableBytes: 600 * 1024 ** 2 }) }, 'memory', 'warning', /600 MiB/],
    ['a full disk', { disk: known({ folder: 'r', freeBytes: 1e6, isWritable: true }) }, 'disk', 'fail', /0 MiB/],
    [
      'a disk getting full',
      { disk: known({ folder: 'r', freeBytes: 2e8, isWritable: true }) },
      'disk',
      'warning',
      /r$/,
    ],
    ['a folder of others', { disk: known({ folder: 'r', freeBytes: 9e9, isWritable: false }) }, 'disk', 'fail', /^r /],
    ['a stepped clock', { clock: known({ ...clock, movedMs: 12 }) }, 'clock', 'warning', /12\.000 ms/],
    ['a drifting clock', { clock: known({ ...clock, movedMs: 0.3 }) }, 'clock', 'warning', /0\.300 ms/],
    ['a clock alone', { clock: known({ ...clock, isSynchronised: known(false) }) }, 'clock', 'ok', /not synchronised/],
    [
      'a clock of unknown care',
      { clock: known({ ...clock, isSynchronised: unknown('') }) },
      'clock',
      'ok',
      /not known/,
    ],
    ['timers late as a rule', { timers: known({ timers: 9, p50Ms: 0.31, p99Ms: 0.9 }) }, 'timers', 'warning', /0\.31/],
    ['timers late at times', { timers: known({ timers: 9, p50Ms: 0.1, p99Ms: 1.1 }) }, 'timers', 'warning', /1\.10/],
    ['NET_ADMIN', { netAdmin: known(true) }, 'net-admin', 'ok', /has NET_ADMIN/],
    ['no docker command', { docker: known({ kind: 'no-cli' }) }, 'docker', 'fail', /no docker command/],
    ['no right to Docker', { docker: known({ kind: 'denied' }) }, 'docker', 'fail', /this user/],
    ['a silent engine', { docker: known({ kind: 'silent', reason: 'gone' }) }, 'docker', 'fail', /answer \(gone\)/],
    ['Windows containers', { docker: known({ ...engine, containers: 'windows' }) }, 'docker', 'fail', /windows/],
    ['a rootless engine', { docker: known({ ...engine, isRootless: true }) }, 'docker', 'ok', /rootless/],
    ['no memory limits', { docker: known({ ...engine, limitsMemory: false }) }, 'limits', 'warning', /limit memory$/],
    ['no quotas', { docker: known({ ...engine, limitsProcessor: false }) }, 'limits', 'warning', /processor time$/],
    ['a small engine', { docker: known({ ...engine, memoryBytes: 1e9 }) }, 'limits', 'warning', /953 MiB/],
    ['a Swarm', { docker: known({ ...engine, swarm: 'active' }) }, 'swarm', 'ok', /part of a Swarm/],
    ['no Compose', { compose: known('') }, 'compose', 'fail', /no Compose v2/],
    ['Compose v1', { compose: known('1.29.2') }, 'compose', 'fail', /1\.29\.2/],
    ['Compose 2.19', { compose: known('v2.19.1') }, 'compose', 'fail', /2\.19\.1/],
    ['Compose 2.20', { compose: known('v2.20.0') }, 'compose', 'ok', /2\.20\.0/],
    ['Compose 5', { compose: known('5.0.1') }, 'compose', 'ok', /5\.0\.1/],
  ])('on %s', (_, facts, name, status, found) => {
    expect(checkOf(diagnosed(facts), name)).toMatchObject({ status, found: expect.stringMatching(found) });
  });

  test('tells a clock that was stepped from one that drifts', () => {
    const meansOf = (movedMs: number) => checkOf(diagnosed({ clock: known({ ...clock, movedMs }) }), 'clock').means;
    expect(meansOf(1)).toContain('was stepped');
    expect(meansOf(0.9)).toContain('runs unlike the monotonic one');
  });

  test('on a taken port names it, and warns: another can be chosen', () => {
    const ports = known([{ port: 50051, what: 'the router', refusal: 'EADDRINUSE' }]);
    expect(checkOf(diagnosed({ ports }), 'ports')).toMatchObject({
      status: 'warning',
      found: '127.0.0.1:50051 (the router) is taken',
    });
    expect(HOSTS.map((host) => diagnosed({ ports }, host).canRun)).toEqual([true, true, true]);
  });

  test.each([
    ['a network elsewhere', 'eth0', '192.168.1.4/24', 'ok'],
    ['a network of Docker’s beside ours', 'docker0', '198.18.255.1/24', 'ok'],
    ['an interface beside ours', 'tun0', '198.19.3.1/24', 'warning'],
    ['a proxy around ours', 'tun0', '198.18.0.1/16', 'warning'],
    ['an interface in ours', 'tun0', '198.18.17.1/24', 'warning'],
    ['the very same network', 'br-0123456789ab', '198.18.16.1/22', 'warning'],
    ['a network of Docker’s around ours', 'br-0123456789ab', '198.18.0.1/16', 'warning'],
  ])('on %s', (_, device, cidr, status) => {
    const networks = known([{ device, block: ipv4Block(cidr)! }]);
    expect(checkOf(diagnosed({ networks }), 'networks').status).toBe(status);
  });
});

describe('netem', () => {
  const without = known({
    platform: 'linux',
    release: '6.12.0',
    netem: { kind: 'unsupported', reason: 'built without' },
  } as const);

  test('that is missing is a warning, unless it was asked for', () => {
    const verdicts = (['auto', 'relay', 'netem'] as const).map((shaper) => {
      const diagnosis = diagnosed({ kernel: without }, 'compose', shaper);
      return [checkOf(diagnosis, 'netem').status, diagnosis.canRun];
    });
    expect(verdicts).toEqual([
      ['warning', true],
      ['ok', true],
      ['fail', false],
    ]);
    expect(checkOf(diagnosed({ kernel: without }), 'netem').means).toContain('falls back to relays');
  });

  test('of this kernel says nothing of an engine with a kernel of its own', () => {
    const elsewhere = known({ ...engine, kernelRelease: '6.10.14-linuxkit' });
    for (const kernel of [well.kernel, without]) {
      expect(checkOf(diagnosed({ kernel, docker: elsewhere }), 'netem')).toMatchObject({
        status: 'warning',
        found: 'not known: the kernel 6.10.14-linuxkit of the Docker engine decides, which is not this one',
      });
    }
  });

  test('on a system that is not Linux is for Docker’s machine to say', () => {
    const kernel = known({ platform: 'darwin', release: '25.0.0', netem: { kind: 'unknown', reason: '' } } as const);
    const { status, found } = checkOf(diagnosed({ kernel, docker: known({ kind: 'no-cli' }) }), 'netem');
    expect([status, found]).toEqual(['warning', expect.stringContaining('Docker engine’s machine decides')]);
  });

  test('that nobody may ask for is told how to find', () => {
    const kernel = known({
      platform: 'linux',
      release: '6.12.0',
      netem: { kind: 'unknown', reason: 'hidden' },
    } as const);
    expect(checkOf(diagnosed({ kernel }), 'netem')).toMatchObject({
      status: 'warning',
      found: 'not known for kernel 6.12.0: hidden',
      fix: 'sudo modprobe sch_netem && echo yes',
    });
  });
});
