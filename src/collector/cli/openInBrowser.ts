import { spawn } from 'node:child_process';

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens an address of our own in the user's browser; without a shell, whatever it is. */
export function openInBrowser(url: string): void {
  const [command = 'xdg-open', ...before] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...before, url], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`spanpath: no browser could be opened: ${url}\n`));
  child.unref();
}
