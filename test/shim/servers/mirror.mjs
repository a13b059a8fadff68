// Sends back what it is sent, byte by byte, and keeps a copy in the file it is given.
import { createWriteStream } from 'node:fs';

const copy = createWriteStream(process.argv[2]);
process.stdin.on('data', (chunk) => {
  copy.write(chunk);
  process.stdout.write(chunk);
});
process.stdin.on('end', () => copy.end());
