/** Payload of a full segment: an MTU of 1500 with timestamps. */
export const MSS_BYTES = 1448;

/** What a segment takes on the wire besides its payload: Ethernet 14, IPv4 20, TCP with timestamps 32, as netem counts it. */
export const HEADER_BYTES = 66;

/** Smallest distance of the retransmission time-out from the smoothed round trip, in milliseconds. Linux; RFC 6298 says 1 s. */
export const RTO_MARGIN_MS = 200;

export const LONGEST_RTO_MS = 120_000;

/** Time-outs in a row after which a connection is given up: about 15 minutes. Linux: tcp_retries2. */
export const MOST_TIMEOUTS = 15;
