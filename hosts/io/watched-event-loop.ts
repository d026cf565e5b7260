import type { EventSink } from '../../core/event/event.ts';
import type { Service } from '../../core/process/io/service-process.ts';
import type { Ms } from '../../core/time/clock.ts';
import { EventLoopSilence } from '../../core/time/io/event-loop-silence.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';

/**
 * The same part, which says at the end of each run how long its event loop waited after the warm-up. Nothing else in the log tells that
 * a machine had too little time for it, and all that passes through it is late then.
 */
export const watchedEventLoop = <Ready>(
  service: Service<Ready>,
  { part, warmUpMs, emit }: { readonly part: string; readonly warmUpMs: Ms; readonly emit: EventSink },
): Service<Ready> => {
  const clock = SystemClock.notStarted();
  const silence = new EventLoopSilence();
  const forgetWarmUp = (startsAtMs: Ms): void => {
    silence.forget();
    clock.at(startsAtMs + warmUpMs, () => silence.forget());
  };
  const tell = (atMs: Ms): void =>
    emit({ kind: 'event-loop', atMs, part, waitP99Ms: silence.waitP99Ms, longestSilenceMs: silence.longestMs });
  return {
    ...service,
    begin: (startUnixMs) => {
      clock.startAt(startUnixMs);
      forgetWarmUp(0);
      service.begin(startUnixMs);
    },
    recordingBegan: (nowMs, startsAtMs) => {
      forgetWarmUp(startsAtMs);
      service.recordingBegan?.(nowMs, startsAtMs);
    },
    recordingEnds: (nowMs) => {
      service.recordingEnds?.(nowMs);
      tell(nowMs);
    },
    close: (ending) => {
      tell(clock.now()); // before the work of closing, which is not part of the run
      silence.close();
      clock.close();
      return service.close(ending);
    },
  };
};
