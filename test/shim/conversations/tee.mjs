// Stands between a client and the server it starts, and writes every line with its sender and time:
//   node tee.mjs FILE ABOUT COMMAND [ARG…]
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';

const [file, about, command, ...args] = process.argv.slice(2);
writeFileSync(file, `${about}\n`);
const start = performance.now();
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
pass(process.stdin, child.stdin, 'client');
pass(child.stdout, process.stdout, 'server');
child.on('exit', (code) => process.exit(code ?? 0));

function pass(from, to, sender) {
  let rest = '';
  from.setEncoding('utf8');
  from.on('data', (text) => {
    to.write(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    const ms = Math.round((performance.now() - start) * 10) / 10;
    for (const line of lines)
      appendFileSync(file, `${JSON.stringify({ ms, from: sender, line })}\n`);
  });
  from.on('end', () => to.end());
}
