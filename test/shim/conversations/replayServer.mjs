// Plays the server's side of a recorded conversation, and keeps a copy of what the client says:
//   node replayServer.mjs FILE COPY
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

const [file, copy] = process.argv.slice(2);
const [, ...entries] = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
writeFileSync(copy, '');
let heard = 0;
let next = 0;

function play() {
  for (; next < entries.length; next++) {
    const { from, line } = entries[next];
    if (from === 'server') process.stdout.write(`${line}\n`);
    else if (heard > 0) heard--;
    else return;
  }
}

process.stdin.on('data', (bytes) => {
  appendFileSync(copy, bytes);
  for (const byte of bytes) if (byte === 10) heard++;
  play();
});
