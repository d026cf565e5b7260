/** A probe on the wire: its number, as a 32-bit integer. The receiver sends it back unchanged. */
export const PROBE_BYTES = 4;

export const probeMessage = (number: number): Uint8Array => {
  const bytes = new Uint8Array(PROBE_BYTES);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
};

/** Cuts a stream of bytes, in pieces of any size, into the numbers of probes. */
export const probeReader = (onProbe: (number: number) => void): ((bytes: Uint8Array) => void) => {
  let held = 0;
  let number = 0;
  return (bytes) => {
    for (const byte of bytes) {
      number = ((number << 8) | byte) >>> 0;
      held = (held + 1) % PROBE_BYTES;
      if (held === 0) onProbe(number);
    }
  };
};
