// Sends the bodies of a folder in turn, so many a second, for so long: ENDPOINT TOKEN FOLDER PER_SECOND SECONDS
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const [endpoint, token, folder, perSecond, seconds, firstRound = '0'] = process.argv.slice(2);
const bodies = readdirSync(folder).map((name) => {
  const bytes = readFileSync(join(folder, name));
  return { bytes, ids: placesOfTraceIds(bytes) };
});
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const headers = { 'Content-Type': 'application/x-protobuf', Authorization: `Bearer ${token}` };
let sent = 0;
let answered = 0;

/** Where the ids of the load stand: field 1 of a span, 16 bytes that begin with its mark. */
function placesOfTraceIds(bytes) {
  const mark = Buffer.from([0x0a, 0x10, 0x00, 0x00, 0x0a, 0xbc]);
  const places = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 18))
    places.push(at + 6);
  return places;
}

/** Every body again is other spans: the round goes into the ids of its traces. */
function next() {
  const { bytes, ids } = bodies[sent % bodies.length];
  const round = Number(firstRound) + Math.floor(sent++ / bodies.length);
  for (const place of ids) bytes.writeUInt16BE(round, place);
  return Buffer.from(bytes);
}

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
  while (sent < due && sent - answered < 64) post(next());
  if (passed < Number(seconds)) return;
  clearInterval(timer);
  setTimeout(() => {
    console.log(answered);
    process.exit(0);
  }, 200);
}, 5);
