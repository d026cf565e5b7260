import { Metadata } from '@grpc/grpc-js';
import type { Clock } from '../../../core/time/clock.ts';
import { ORCA_TRAILER } from '../../../router/endpoint/orca.ts';
import { orcaOf } from '../../../router/endpoint/orca-report.ts';
import type { Engine } from '../engine/engine.ts';

/** Trailers with the current load of an engine. */
export const loadTrailer = (engine: Engine, clock: Clock): Metadata => {
  const metadata = new Metadata();
  metadata.set(ORCA_TRAILER, Buffer.from(orcaOf(engine.report(clock.now()))));
  return metadata;
};
