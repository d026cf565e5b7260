import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NetemShaper } from '../../../../netem/shaping/tc/io/netem-shaper.ts';

/*
 * A stand-in for `tc -batch` and `ip` of iproute2, which need a kernel with netem and its rights: a file for each device that has
 * a tree, and a log of what `ip` was told. Taking the tree of `stuck*` away is refused, `gone*` is no device once it is shaped, and
 * `bare*` has no queue that drops from its front.
 */
const PROGRAM = `#!/bin/sh
cd "$(dirname "$0")"
if [ "$1" = ip ]; then
  case "$*" in
    *show*) echo '[{"gso_max_segs":65000}]' ;;
    *) echo "$*" >> ip.log ;;
  esac
  exit 0
fi
fail() { echo "$1" >&2; echo "Command failed -:$n" >&2; }
n=0
while read -r what action _ device rest; do
  n=$((n + 1))
  case "$what $action $device $rest" in
    "end-of-batch "*) fail 'What is "end-of-batch"?' ;;
    "qdisc show gone"*) if [ -e "tree.$device" ]; then fail "Cannot find device \\"$device\\""; else echo '[{"kind":"noqueue","handle":"0:","root":true}]'; fi ;;
    "qdisc show "*) if [ -e "tree.$device" ]; then echo '[{"kind":"htb","handle":"5a1e:","root":true}]'; else echo '[{"kind":"noqueue","handle":"0:","root":true}]'; fi ;;
    "qdisc add $device root"*) touch "tree.$device" ;;
    "qdisc replace bare"*pfifo_head_drop*) fail 'Error: Specified qdisc kind is unknown.' ;;
    "qdisc del stuck"*) fail 'RTNETLINK answers: Device or resource busy' ;;
    "qdisc del "*) rm "tree.$device" ;;
  esac
done
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  writeFileSync(join(folder, 'program'), PROGRAM);
  chmodSync(join(folder, 'program'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const attached = (...devices: readonly string[]): Promise<NetemShaper> =>
  NetemShaper.attach(
    {
      classes: devices.map((device, index) => ({
        link: `to-${device}`,
        device,
        match: { destination: `198.18.0.${index + 1}` },
      })),
      exemptPorts: [],
    },
    [join(folder, 'program')],
  );
const isShaped = (device: string): boolean => existsSync(join(folder, `tree.${device}`));
const restored = (): readonly string[] =>
  [...readFileSync(join(folder, 'ip.log'), 'utf8').matchAll(/dev (\S+) gso_max_segs 65000/g)].map(
    ([, device]) => device!,
  );

test('takes the tree of every device away, and gives each its segmentation back', async () => {
  const shaper = await attached('eth0', 'eth1');
  expect(['eth0', 'eth1'].map(isShaped)).toEqual([true, true]);
  await shaper.close();
  expect(['eth0', 'eth1'].map(isShaped)).toEqual([false, false]);
  expect(restored()).toEqual(['eth0', 'eth1']);
});

test('a device that cannot be closed does not leave others shaped, and each failure is reported', async () => {
  const shaper = await attached('stuck0', 'gone0', 'eth0', 'stuck1', 'eth1');
  await expect(shaper.close()).rejects.toThrow(
    /^tc qdisc del dev stuck0 root: RTNETLINK answers: Device or resource busy; tc qdisc del dev stuck1 root: .* busy$/,
  );
  expect(['eth0', 'eth1'].map(isShaped)).toEqual([false, false]);
  expect(restored()).toEqual(['stuck0', 'eth0', 'stuck1', 'eth1']);
  await shaper.close(); // again: nothing
});

test('a kernel that cannot drop from the front of a queue is told of in one line, and other links are set all the same', async () => {
  const shaper = await attached('bare0', 'eth0');
  const state = { up: true, delayUs: 1000, jitterUs: 0, lossRate: 0, rateKbps: 1000 };
  const bounded = { ...state, queue: { limit: 100, unit: 'ms', drop: 'front' } } as const;
  await expect(
    shaper.apply(
      new Map([
        ['to-bare0', bounded],
        ['to-eth0', bounded],
      ]),
    ),
  ).rejects.toThrow(
    /^this kernel cannot drop from the front of a queue, as it has no pfifo_head_drop: use drop: tail$/,
  );
  expect(shaper.counts.changes).toBe(1);
  await shaper.close();
});
