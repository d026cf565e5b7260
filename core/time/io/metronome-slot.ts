/** What the two threads of a metronome share: an int32 version, then, at byte 8, a float64 due time in milliseconds. */
export const SLOT_BYTES = 16;

/** The due time that means "sleep until you are told otherwise". */
export const IDLE = Number.POSITIVE_INFINITY;
