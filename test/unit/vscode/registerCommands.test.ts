import { beforeEach, expect, it, vi } from 'vitest';

const registered = new Map<string, (...args: unknown[]) => Promise<unknown>>();
let told: string[] = [];
let ran: string[] = [];
vi.mock('vscode', () => ({
  commands: {
    registerCommand: (id: string, run: () => Promise<unknown>) => void registered.set(id, run),
    executeCommand: async (id: string) => void ran.push(id),
  },
  window: {
    showErrorMessage: async (text: string, button: string) => {
      told.push(text);
      return button;
    },
  },
}));
const { registerCommands } = await import('../../../src/vscode/commands/registerCommands.js');

beforeEach(() => {
  told = [];
  ran = [];
});

/** A busy machine is slow, which is no failure. */
const patience = { timeout: 20_000 };

it('a command answers what it finds, with the arguments it was given', async () => {
  registerCommands({ add: (a: number, b: number) => a + b });
  expect(await registered.get('spanpath.add')?.(1, 2)).toBe(3);
});

it('a command that fails says why, once, and leads to the log', async () => {
  registerCommands({
    now: () => {
      throw new Error('the collector stopped');
    },
    later: () => Promise.reject(new Error('the file is gone')),
  });
  expect(await registered.get('spanpath.now')?.()).toBeUndefined();
  expect(await registered.get('spanpath.later')?.()).toBeUndefined();
  expect(told).toEqual(['Spanpath: the collector stopped', 'Spanpath: the file is gone']);
  await vi.waitFor(() => expect(ran).toEqual(['spanpath.showLog', 'spanpath.showLog']), patience);
});
