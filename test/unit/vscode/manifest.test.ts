import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Setting {
  readonly order: number;
  readonly markdownDescription: string;
}
interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string }[];
    readonly configuration: readonly { properties: Record<string, Setting> }[];
    readonly keybindings: readonly { key: string; linux?: string; mac?: string }[];
    readonly viewsWelcome: readonly { contents: string }[];
    readonly walkthroughs: readonly {
      steps: readonly { id: string; description: string; completionEvents: string[] }[];
    }[];
  };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const linked = (text: string) => [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, id]) => id);
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

describe('the manifest', () => {
  it.each(steps)('ticks the step “$id” of the walkthrough when its button is pressed', (step) => {
    // What was true before the walkthrough came up is not noticed by the editor.
    const commands = linked(step.description);
    expect(commands).toHaveLength(1);
    expect(step.completionEvents).toContain(`onCommand:${commands[0]}`);
  });

  it('links only to commands that it has', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    const texts = [...steps.map(({ description }) => description)].concat(
      contributes.viewsWelcome.map(({ contents }) => contents),
    );
    const own = texts.flatMap(linked).filter((id) => id?.startsWith('spanpath.'));
    expect(own.filter((id) => !known.has(id ?? ''))).toEqual([]);
    expect(contributes.commands.filter(({ category }) => category !== 'Spanpath')).toEqual([]);
  });

  it('orders and describes every setting', () => {
    for (const { properties } of contributes.configuration) {
      const orders = Object.values(properties).map(({ order }) => order);
      expect(new Set(orders).size).toBe(orders.length);
      for (const { markdownDescription } of Object.values(properties)) {
        expect(markdownDescription).toMatch(/\.$/);
        // In Markdown's code a backslash is one backslash.
        expect(markdownDescription).not.toContain('\\\\');
      }
    }
  });

  it('takes no keys that Linux desktops keep for themselves', () => {
    const kept = ['ctrl+alt+t', 'ctrl+alt+l', 'ctrl+alt+d', 'ctrl+alt+delete'];
    expect(contributes.keybindings.filter((one) => kept.includes(one.linux ?? one.key))).toEqual(
      [],
    );
  });
});
