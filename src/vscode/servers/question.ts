/** One field of a form, asked in the editor's quick input. */
import * as vscode from 'vscode';
import type { Field } from '../../core/schema/field.js';
import { type JsonValue, sameJson } from '../../core/schema/json.js';
import { type Parsed, parseJsonText, parseNumber } from '../../core/schema/parseInput.js';
import { validate } from '../../core/schema/validate.js';

/** Undefined stands for "left empty". */
export type Reply = { readonly value: JsonValue | undefined } | 'back' | 'closed';

/** Where a question stands among its fellows; the first is step 1. */
export interface QuestionPlace {
  readonly title: string;
  readonly step: number;
  readonly of: number;
}

export interface Question {
  readonly input: vscode.QuickInput;
  readonly reply: Promise<Reply>;
}

type Option = vscode.QuickPickItem & { readonly value: JsonValue | undefined };

/** Shows a question with `given` filled in; whoever asks disposes of its input. */
export function putQuestion(
  field: Field,
  place: QuestionPlace,
  given: JsonValue | undefined,
): Question {
  if (field.kind === 'list') {
    const options = optionsOf(field.element);
    if (options) return putList(field, place, options, given);
  }
  const options = optionsOf(field);
  return options ? putChoice(field, place, options, given) : putText(field, place, given);
}

function putText(field: Field, place: QuestionPlace, given: JsonValue | undefined): Question {
  const input = vscode.window.createInputBox();
  input.prompt = field.required ? promptOf(field) : `${promptOf(field)} (may be left empty)`;
  input.value =
    given === undefined ? '' : typeof given === 'string' ? given : JSON.stringify(given);
  input.onDidChangeValue(() => {
    input.validationMessage = undefined;
  });
  const reply = show(input, place, () => {
    const { problem, value } = read(field, input.value);
    if (problem === undefined) return { value };
    input.validationMessage = problem;
    return null;
  });
  return { input, reply };
}

function putChoice(
  field: Field,
  place: QuestionPlace,
  options: readonly Option[],
  given: JsonValue | undefined,
): Question {
  const input = vscode.window.createQuickPick<Option>();
  input.placeholder = promptOf(field);
  const empty: readonly Option[] = field.required
    ? []
    : [{ label: 'Leave empty', value: undefined, alwaysShow: true }];
  input.items = [...options, ...empty];
  // Enter alone makes nothing up: without a default the answer is none.
  const active = options.find((option) => sameJson(option.value!, given ?? null)) ?? empty[0];
  if (active) input.activeItems = [active];
  const reply = show(input, place, () => {
    const [option] = input.selectedItems;
    return option ? { value: option.value } : null;
  });
  return { input, reply };
}

function putList(
  field: Field,
  place: QuestionPlace,
  options: readonly Option[],
  given: JsonValue | undefined,
): Question {
  const input = vscode.window.createQuickPick<Option>();
  input.placeholder = promptOf(field);
  input.canSelectMany = true;
  input.items = options;
  const chosen = Array.isArray(given) ? given : [];
  input.selectedItems = options.filter(({ value }) => chosen.some((one) => sameJson(one, value!)));
  const reply = show(input, place, () => {
    const values = input.selectedItems.map(({ value }) => value!);
    const value = values.length === 0 && !field.required ? undefined : values;
    const [problem] = validate(field, value);
    if (!problem) return { value };
    input.placeholder = `${problem.message}. ${promptOf(field)}`;
    return null;
  });
  return { input, reply };
}

/** What all questions share. `accept` answers what Enter means; null: something is wrong yet. */
function show(
  input: vscode.InputBox | vscode.QuickPick<Option>,
  place: QuestionPlace,
  accept: () => Reply | null,
): Promise<Reply> {
  input.title = place.title;
  input.step = place.step;
  input.totalSteps = place.of;
  input.ignoreFocusOut = true;
  input.buttons = place.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise((resolve) => {
    input.onDidAccept(() => {
      const reply = accept();
      if (reply) resolve(reply);
    });
    input.onDidTriggerButton(() => resolve('back'));
    input.onDidHide(() => resolve('closed'));
    input.show();
  });
}

function read(field: Field, text: string): { problem?: string; value?: JsonValue | undefined } {
  const parsed: Parsed =
    field.kind === 'number'
      ? parseNumber(text)
      : field.kind === 'text'
        ? { value: text === '' ? undefined : text }
        : parseJsonText(text);
  if ('problem' in parsed) return parsed;
  const [problem] = validate(field, parsed.value);
  return problem ? { problem: problem.message } : parsed;
}

function optionsOf(field: Field): Option[] | null {
  if (field.kind === 'boolean') return [true, false].map((value) => ({ label: `${value}`, value }));
  if (field.kind !== 'choice') return null;
  return field.options.map(({ label, value }) =>
    label === value || typeof value !== 'string'
      ? { label, value }
      : { label, value, description: value },
  );
}

function promptOf(field: Field): string {
  return [field.label, field.description].filter(Boolean).join(': ');
}
