// The browser that tests and pictures are made with: one that the machine has, or, as root on
// Debian, the one that apt brings.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const fixed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Flags for a machine without a GPU, a sandbox or a network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of an installed Chromium, or null. `SPANPATH_CHROMIUM` wins. */
export function findChromium() {
  const asked = process.env.SPANPATH_CHROMIUM;
  if (asked) return asked;
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin');
  const onPath = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...fixed].find(isExecutable) ?? null;
}

/** The same, installed first where that is possible; throws with what to do where it is not. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium with apt-get …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { env, stdio: 'ignore' });
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error('No Chromium or Chrome was found; install one, or name it in SPANPATH_CHROMIUM');
}

/**
 * Starts the browser for a test or a picture.
 *
 * @param {readonly string[]} extra flags besides the usual ones
 */
export async function launchChromium(extra = []) {
  // What only looks for a browser, before anything is installed, has no driver yet.
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: ensureChromium(), args: [...chromiumFlags, ...extra] });
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
