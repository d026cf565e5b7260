import type { RunLog } from '../../event/io/run-log.ts';
import { READING_MS, steadyUnixMs, wallStepMs } from '../../time/io/steady-unix.ts';
import type { RunFolder } from './run-folder.ts';
import type { Service } from './service-process.ts';

export interface FollowedRecordings {
  readonly folder: Pick<RunFolder, 'recording' | 'logsOf'>;
  readonly log: RunLog;
  readonly service: Pick<Service<unknown>, 'recordingBegan' | 'recordingEnds'>;
  readonly part: string;
  /** When scenario time began, by the wall clock at that time and by the monotonic clock of this process. */
  readonly startUnixMs: number;
  readonly steadyStartMs: number;
  /** The wall clock, and the monotonic clock of this process; those of the machine by default. */
  readonly wallUnixMs?: () => number;
  readonly steadyMs?: () => number;
}

/**
 * Makes a function that opens and closes the log of a part with the recordings that the load announces. Call it again and again.
 *
 * Two processes that started at different times must agree whether a recording is on, so that goes by the wall clock.
 * Instants in the log are read from the clock of the run, which a step of the wall clock does not move. When the two clocks have
 * moved apart since the run began, instants do not agree with those of a process that started later, and the log says so.
 */
export const followRecordings = (options: FollowedRecordings): (() => void) => {
  const { folder, log, service, part, startUnixMs, steadyStartMs } = options;
  const { wallUnixMs = Date.now, steadyMs = steadyUnixMs } = options;
  return () => {
    const recording = folder.recording();
    const isOn = recording !== null && !recording.isOver && wallUnixMs() < recording.untilUnixMs;
    const nowMs = steadyMs() - steadyStartMs;
    const wanted = isOn ? folder.logsOf(recording.id) : null;
    if (log.folder === wanted) return;
    if (log.isOpen) {
      service.recordingEnds?.(nowMs);
      if (wanted === null) log.close(nowMs);
      else log.breakOff(); // another load began in the middle of this one
    }
    if (!isOn) return;
    const startsAtMs = recording.fromUnixMs - startUnixMs;
    log.open(folder.logsOf(recording.id), startsAtMs, nowMs);
    const stepMs = wallStepMs(wallUnixMs, steadyMs) - (startUnixMs - steadyStartMs);
    if (Math.abs(stepMs) > READING_MS) {
      const reason = `runs on a clock that is ${stepMs.toFixed(0)} ms off the wall clock, which was set since: start it anew`;
      log.emit({ kind: 'fault', atMs: nowMs, part, reason });
    }
    service.recordingBegan?.(nowMs, startsAtMs);
  };
};
