import { setFlagsFromString } from 'node:v8';

/**
 * What a request leaves behind dies with it, so a small space for young objects is as fast as the
 * 16 to 32 MB, times three, that V8 grows it to under load, and never has to be given back.
 */
const semiSpaceMb = 4;

/** For the thread that runs a collector: `new Worker(…, { resourceLimits })`. */
export const collectorLimits = { maxYoungGenerationSizeMb: 3 * semiSpaceMb };

/** For a process that is a collector. */
export function limitYoungObjects(): void {
  setFlagsFromString(`--max-semi-space-size=${semiSpaceMb}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}
