import { Metronome } from '../../../core/time/io/metronome.ts';
import { followOrders } from '../../peers/io/on-orders.ts';
import { LatenessMeter } from '../io/lateness-meter.ts';
import type { Lateness } from '../load-result.ts';

/** Only wakes once a millisecond, and measures how late: what a machine does to a process that does nothing. */
followOrders({
  watch: ({ seconds }: { readonly seconds: number }): Promise<Lateness> =>
    new Promise((resolve) => {
      const meter = new LatenessMeter();
      const endMs = performance.now() + seconds * 1000;
      let dueMs = performance.now() + 1;
      const metronome = new Metronome(() => {
        const nowMs = performance.now();
        if (nowMs < dueMs) return; // the thread may wake this one early when it is told another time
        meter.add(nowMs - dueMs);
        dueMs = Math.max(dueMs + 1, nowMs);
        if (nowMs < endMs) metronome.wakeAt(dueMs);
        else {
          metronome.close();
          resolve(meter.lateness);
        }
      });
      metronome.wakeAt(dueMs);
    }),
});
