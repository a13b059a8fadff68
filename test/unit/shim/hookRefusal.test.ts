import { describe, expect, it } from 'vitest';
import { hookRefusal } from '../../../src/shim/hookRefusal.js';

describe('a command that refuses hooks', () => {
  it.each([
    [['python', '-I', 'server.py'], 'I'],
    [['/usr/bin/python3.12', '-E', '-m', 'server'], 'E'],
    [['C:\\Python\\python.exe', '-uS', 'server.py'], 'S'],
    [['uv', 'run', 'python', '-sE', 'server.py'], 'E'],
    [['python', '-X', 'dev', '-W', 'ignore', '-I', 'server.py'], 'I'],
  ])('%j names the flag', (command, flag) => {
    expect(hookRefusal(command)).toContain(`-${flag},`);
  });

  it.each([['deno'], ['bun'], ['bunx']])('%s loads none', (program) => {
    expect(hookRefusal([program, 'run', 'server.ts'])).toContain(program);
  });

  it.each([
    [['node', '--permission', '--allow-fs-read=/srv/app', 'server.js']],
    [['/usr/bin/node', '--experimental-permission', 'server.js']],
  ])('%j keeps the hook from being read', (command) => {
    expect(hookRefusal(command)).toContain('--permission');
  });

  it.each([
    [['node', '--permission', '--allow-fs-read=*', 'server.js']],
    [['node', 'server.js', '--permission']],
    [['python', 'server.py', '-I']],
    [['python', '-m', 'server', '-E']],
    [['python', '-c', 'print()', '-S']],
    [['python', '-Ximporttime', '-u', 'server.py']],
    [['node', 'server.js', '-I']],
    [['npx', 'bun-like-server']],
    [['uvx', 'mcp-server-time']],
  ])('%j refuses none', (command) => {
    expect(hookRefusal(command)).toBeNull();
  });
});
