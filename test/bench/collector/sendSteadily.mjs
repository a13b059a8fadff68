// Sends the bodies of a folder in turn, so many a second, for so long: ENDPOINT TOKEN FOLDER PER_SECOND SECONDS
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const [endpoint, token, folder, perSecond, seconds] = process.argv.slice(2);
const bodies = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const headers = { 'Content-Type': 'application/x-protobuf', Authorization: `Bearer ${token}` };
let sent = 0;
let answered = 0;

function post(body) {
  const options = { method: 'POST', agent, headers: { ...headers, 'Content-Length': body.length } };
  const posted = request(`${endpoint}/v1/traces`, options, (response) => {
    response.resume();
    if (response.statusCode === 200) answered++;
  });
  posted.on('error', () => {});
  posted.end(body);
}

const start = performance.now();
const timer = setInterval(() => {
  const passed = (performance.now() - start) / 1000;
  const due = Math.floor(Math.min(passed, Number(seconds)) * Number(perSecond));
  // What the machine cannot keep up with is not piled up.
  for (; sent < due && sent - answered < 64; sent++) post(bodies[sent % bodies.length]);
  if (passed < Number(seconds)) return;
  clearInterval(timer);
  setTimeout(() => {
    console.log(answered);
    process.exit(0);
  }, 200);
}, 5);
