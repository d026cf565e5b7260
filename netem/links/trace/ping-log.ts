import { eachLine, quotedValue } from '../../../core/text/text-lines.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { type Importer, type ImportOptions, mistakesIn, tellingLines } from './importer.ts';
import { addSentProbes } from './ping-sequence.ts';
import type { PingSession } from './ping-session.ts';
import { ProbeList } from './probes.ts';
import { recordingOfProbes } from './recording-of-probes.ts';

/**
 * The output of ping: of iputils on Linux, best with `-D`, which writes when each answer came; and of macOS, the BSDs and BusyBox.
 * A number of `icmp_seq` (or `seq`) that has no answer is a lost probe; `no answer yet` alone is not, because the answer may
 * come later. Duplicates (`DUP!`) count once. All other lines are skipped. A log may hold several outputs, one after another.
 *
 * Without times, probes are as far apart as the summary at the end says, else one second.
 */
export const pingLog: Importer = {
  name: 'ping',
  what: 'the output of ping',
  recognises: (start) => tellingLines(start).some((line) => HEADER.test(line) || ANSWER.test(line)),
  read: (text, options) => {
    const { sessions, isTimed, hosts } = sessionsIn(text, options);
    const probes = new ProbeList();
    let intervalMs = 0;
    for (const session of sessions) intervalMs = addSentProbes(session, probes).intervalMs;
    const { up, down, remarks } = recordingOfProbes(probes, options);
    const untimed = `has no times (ping -D writes them): probes are taken as ${intervalMs.toFixed(0)} ms apart`;
    const several = `has answers of ${hosts.size} hosts (${[...hosts].join(', ')}), which are played as one path`;
    const said = [...(isTimed ? [] : [untimed]), ...(hosts.size > 1 ? [several] : [])];
    return { up, down, remarks: [...said.map((line) => `${options.file}: ${line}`), ...remarks] };
  },
};

const emptySession = (firstSeq: number | null): PingSession => ({
  firstSeq,
  seqs: [],
  cameMs: [],
  rttsMs: [],
  unansweredSeqs: [],
  unansweredMs: [],
  unansweredFinal: [],
  sent: null,
  overMs: null,
});

const HEADER = /^PING6?[ (]/;

/** When a line was written: by `ping -D`, by a program behind it (`ts`), or by `ping --apple-time`. */
const STAMP = String.raw`(?:\[(?<unixS>\d+(?:\.\d+)?)\] |(?<bareS>\d{9,}(?:\.\d+)?) |(?<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?):? |(?<clock>\d\d:\d\d:\d\d(?:\.\d+)?) )?`;
/** `64 bytes from` is in the language of the machine, and so is `time`. */
const ANSWER = new RegExp(String.raw`^${STAMP}\d+ \S+ \S+ .*?\b(?:icmp_)?seq=(?<seq>\d+)\b(?<rest>.*)$`);
const TIME = /[=<] ?(?<rtt>\d+(?:[.,]\d*)?(?:e[+-]?\d+)?) ?ms\b/i;
const UNANSWERED = new RegExp(
  String.raw`^${STAMP}(?:(?<open>no answer yet) for icmp_seq=|Request timeout for icmp_seq |From .*?\bicmp_seq=)(?<seq>\d+)`,
);
const SUMMARY = /^(\d+) packets transmitted, .*?(?:, time (\d+) ?ms)?$/;

const sessionsIn = (
  text: string,
  { file }: ImportOptions,
): { readonly sessions: readonly PingSession[]; readonly isTimed: boolean; readonly hosts: ReadonlySet<string> } => {
  const wrong = mistakesIn(file);
  const sessions: PingSession[] = [];
  const current = (): PingSession => {
    if (sessions.length === 0) sessions.push(emptySession(null));
    return sessions.at(-1)!;
  };
  const clock = new DayClock();
  const hosts = new Set<string>();
  let timed = 0;
  let answers = 0;
  const visit = (line: string, number: number, isCut: boolean): void => {
    if (HEADER.test(line)) {
      // iputils counts from 1, the others from 0; only those write `): 56 data bytes`, or PING6.
      hosts.add(line.split(/[\s(]+/)[1] ?? '');
      sessions.push(emptySession(/\): \d+ data bytes|^PING6/.test(line) ? 0 : 1));
      return;
    }
    const answer = line.includes('seq=') ? ANSWER.exec(line) : null;
    if (answer !== null) {
      const { seq, rest } = answer.groups!;
      const rtt = TIME.exec(rest!)?.groups?.rtt;
      const rttMs = rtt === undefined ? Number.NaN : Number(rtt.replace(',', '.'));
      if (!(rttMs <= MOST_RTT_MS)) {
        if (isCut) return;
        throw wrong(
          number,
          `has no round trip in ${quotedValue(rest!.trim())}, expected time=... ms, at most ${MOST_RTT_MS}`,
        );
      }
      const session = current();
      session.seqs.push(Number(seq));
      const cameMs = clock.read(answer.groups!);
      session.cameMs.push(cameMs);
      session.rttsMs.push(Math.max(rttMs, LEAST_RTT_MS));
      answers++;
      if (!Number.isNaN(cameMs)) timed++;
      return;
    }
    const unanswered = line.includes('icmp_seq') ? UNANSWERED.exec(line) : null;
    if (unanswered !== null) {
      const { seq, open } = unanswered.groups!;
      const session = current();
      session.unansweredSeqs.push(Number(seq));
      session.unansweredMs.push(clock.read(unanswered.groups!));
      session.unansweredFinal.push(open === undefined);
      return;
    }
    const summary = SUMMARY.exec(line);
    if (summary === null) return;
    current().sent = Number(summary[1]);
    current().overMs = summary[2] === undefined ? null : Number(summary[2]);
  };
  // A last line without an end is cut where the log was copied while ping ran.
  eachLine(text, (line, number, isOpen) => visit(line.trim(), number, isOpen));
  if (answers === 0)
    throw wrong(
      1,
      'has no answer of ping, expected lines such as "64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=30.1 ms"',
    );
  if (timed > 0 && timed < answers)
    throw wrong(1, `has times on ${timed} of ${answers} answers, expected them on all or on none`);
  const answered = sessions.filter(({ seqs }) => seqs.length > 0);
  // Times of whole seconds may be all the same: then they say nothing.
  const isTimed =
    timed > 0 &&
    (answers === 1 || answered.some(({ cameMs }) => cameMs.some((atMs) => atMs !== answered[0]!.cameMs[0])));
  if (!isTimed) for (const { cameMs } of answered) cameMs.fill(Number.NaN);
  return { sessions: answered, isTimed, hosts };
};

const MOST_RTT_MS = 3_600_000;

/** What ping prints as `time<1 ms` or 0. */
const LEAST_RTT_MS = 0.001;

/** Unix milliseconds, to the digit, of `2024-01-20 10:00:00.123456`; UTC where no zone is given: only differences count. */
const instantOf = (iso: string): Ms => {
  const [, date, time, fraction = '', zone = 'Z'] = /^(.{10})[T ](.{8})(?:[.,](\d+))?(.+)?$/.exec(iso)!;
  const offset = zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return Date.parse(`${date}T${time}${offset}`) + Number(`0.${fraction}`) * 1000;
};

/** Reads times of day as instants: each that is far before the one above is on the next day. */
class DayClock {
  #day = 0;
  #latestMs = 0;

  read({ unixS, bareS, iso, clock: ofDay }: Readonly<Record<string, string | undefined>>): Ms {
    const seconds = unixS ?? bareS;
    if (seconds !== undefined) return Number(seconds) * 1000;
    if (iso !== undefined) return instantOf(iso);
    if (ofDay === undefined) return Number.NaN;
    return this.#ofDay(ofDay);
  }

  #ofDay(ofDay: string): Ms {
    const [hours, minutes, seconds] = ofDay.split(':').map(Number);
    const inDayMs = ((hours! * 60 + minutes!) * 60 + seconds!) * 1000;
    if (this.#day * DAY_MS + inDayMs < this.#latestMs - DAY_MS / 2) this.#day++;
    const atMs = this.#day * DAY_MS + inDayMs;
    this.#latestMs = Math.max(this.#latestMs, atMs);
    return atMs;
  }
}

const DAY_MS = 86_400_000;
