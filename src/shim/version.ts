/** Reported as the version of the instrumentation scope. */
export const version = '0.1.0';
