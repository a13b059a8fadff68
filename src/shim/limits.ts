/** What is kept of a message that is too long to be kept whole: its first and its last bytes. */
export const maxKeptBytes = 256 << 10;
export const keptTailBytes = 16 << 10;
