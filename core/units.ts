/** Speed of light in vacuum, km/s, exact. Source: SI. */
const LIGHT_KM_PER_S = 299_792.458;

/** One-way time over `lengthKm` of vacuum, in microseconds. */
export const vacuumUs = (lengthKm: number): number => (lengthKm / LIGHT_KM_PER_S) * 1e6;

export const US_PER_MS = 1000;

export const radians = (degrees: number): number => (degrees * Math.PI) / 180;
export const degrees = (radians: number): number => (radians * 180) / Math.PI;
