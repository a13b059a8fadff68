import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EventEmitter } from './fakeVscode.js';

interface Row {
  readonly label: string;
  readonly value: unknown;
}

/** A quick input as a person meets it: `type`, `enter`, `back`, `escape`. */
class FakeInput {
  title = '';
  step = 0;
  totalSteps = 0;
  prompt = '';
  placeholder = '';
  value = '';
  validationMessage: string | undefined;
  ignoreFocusOut = false;
  canSelectMany = false;
  buttons: readonly unknown[] = [];
  items: readonly Row[] = [];
  activeItems: readonly Row[] = [];
  selectedItems: readonly Row[] = [];
  private readonly changed = new EventEmitter<string>();
  private readonly accepted = new EventEmitter<void>();
  private readonly pressed = new EventEmitter<unknown>();
  private readonly hidden = new EventEmitter<void>();
  readonly onDidChangeValue = this.changed.event;
  readonly onDidAccept = this.accepted.event;
  readonly onDidTriggerButton = this.pressed.event;
  readonly onDidHide = this.hidden.event;

  show() {
    events.push(`show ${this.step}`);
    shown.push(this);
  }
  hide() {
    this.hidden.fire();
  }
  dispose() {
    events.push(`dispose ${this.step}`);
  }
  async enter(text?: string) {
    if (text !== undefined) {
      this.value = text;
      this.changed.fire(text);
    }
    if (!this.canSelectMany) this.selectedItems = this.activeItems;
    this.accepted.fire();
    await settled();
  }
  async choose(...labels: string[]) {
    const rows = this.items.filter(({ label }) => labels.includes(label));
    this.activeItems = rows;
    this.selectedItems = rows;
    await this.enter();
  }
  async back() {
    this.pressed.fire(this.buttons[0]);
    await settled();
  }
}

let events: string[] = [];
let shown: FakeInput[] = [];
let told: string[] = [];
let button: string | undefined = 'Respond';
const settled = () => new Promise((resolve) => setTimeout(resolve));
vi.mock('vscode', () => ({
  QuickInputButtons: { Back: 'back' },
  window: {
    showInformationMessage: async (text: string) => {
      told.push(text);
      return button;
    },
    createInputBox: () => new FakeInput(),
    createQuickPick: () => new FakeInput(),
  },
}));
const { askByForm } = await import('../../../src/vscode/servers/elicitation.js');

function ask(properties: object, required: readonly string[] = [], signal?: AbortSignal) {
  const schema = { type: 'object', properties, required } as never;
  const given = signal ?? new AbortController().signal;
  const answer = askByForm('weather', 'Who are you?', schema, given);
  return settled().then(() => ({ answer }));
}
const current = () => shown.at(-1)!;

beforeEach(() => {
  events = [];
  shown = [];
  told = [];
  button = 'Respond';
});

describe('a question of a server', () => {
  it('says which server asks, and can be declined or closed', async () => {
    button = 'Decline';
    const declined = await ask({ name: { type: 'string' } });
    expect(await declined.answer).toEqual({ action: 'decline' });
    expect(told).toEqual(['The server “weather” asks for input.']);
    button = undefined;
    const closed = await ask({ name: { type: 'string' } });
    expect(await closed.answer).toBeNull();
    expect(shown).toEqual([]);
  });

  it('keeps the keyboard: a question goes only when the next one stands', async () => {
    const { answer } = await ask({ a: { type: 'string' }, b: { type: 'boolean' } }, ['a', 'b']);
    await current().enter('x');
    await current().choose('true');
    expect(await answer).toEqual({ action: 'accept', content: { a: 'x', b: true } });
    expect(events).toEqual(['show 1', 'show 2', 'dispose 1', 'dispose 2']);
    expect(
      shown.every(({ ignoreFocusOut, totalSteps }) => ignoreFocusOut && totalSteps === 2),
    ).toBe(true);
  });

  it('holds an answer against its schema and says what is wrong', async () => {
    const { answer } = await ask({
      mail: { type: 'string', format: 'email', title: 'E-mail' },
      age: { type: 'integer', minimum: 18 },
    });
    expect(current().prompt).toBe('E-mail (may be left empty)');
    await current().enter('nope');
    expect(current().validationMessage).toBe('An e-mail address is needed');
    await current().enter('a@b.example');
    await current().enter('7');
    expect(current().validationMessage).toBe('At least 18');
    await current().enter('');
    expect(await answer).toEqual({ action: 'accept', content: { mail: 'a@b.example' } });
  });

  it('shows the titles of choices and sends their values', async () => {
    const hero = {
      oneOf: [
        { const: 'h-1', title: 'Superman' },
        { const: 'h-2', title: 'Hulk' },
      ],
    };
    const { answer } = await ask({ hero: { type: 'string', ...hero, default: 'h-2' } }, ['hero']);
    expect(current().items.map(({ label }) => label)).toEqual(['Superman', 'Hulk']);
    expect(current().activeItems.map(({ label }) => label)).toEqual(['Hulk']);
    await current().choose('Superman');
    expect(await answer).toEqual({ action: 'accept', content: { hero: 'h-1' } });
  });

  it('makes up nothing where a choice may be left empty', async () => {
    const { answer } = await ask({ pet: { type: 'string', enum: ['cat', 'dog'] } });
    await current().enter();
    expect(await answer).toEqual({ action: 'accept', content: {} });
  });

  it('takes several of a list, as many as the server wants, with its defaults chosen', async () => {
    const items = { type: 'string', enum: ['a', 'b', 'c'] };
    const { answer } = await ask(
      { tags: { type: 'array', items, minItems: 2, default: ['b'], title: 'Tags' } },
      ['tags'],
    );
    expect(current().selectedItems.map(({ label }) => label)).toEqual(['b']);
    await current().enter();
    expect(current().placeholder).toBe('At least 2 elements. Tags');
    await current().choose('b', 'c');
    expect(await answer).toEqual({ action: 'accept', content: { tags: ['b', 'c'] } });
  });

  it('goes back to a question with the answer that was given', async () => {
    const { answer } = await ask({ a: { type: 'string' }, b: { type: 'string' } });
    expect(current().buttons).toEqual([]);
    await current().enter('first');
    await current().back();
    expect([current().step, current().value]).toEqual([1, 'first']);
    await current().enter('');
    await current().enter('second');
    expect(await answer).toEqual({ action: 'accept', content: { b: 'second' } });
  });

  it('ends when it is closed, and when the server no longer waits', async () => {
    const closed = await ask({ a: { type: 'string' } });
    current().hide();
    expect(await closed.answer).toBeNull();
    const waiting = new AbortController();
    const given = await ask({ a: { type: 'string' } }, [], waiting.signal);
    waiting.abort();
    expect(await given.answer).toBeNull();
  });
});
