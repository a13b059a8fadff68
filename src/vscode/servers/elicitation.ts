import * as vscode from 'vscode';
import type { ClientHooks, ElicitAnswer, JsonObject } from './connection.js';

type Value = string | number | boolean | string[];
type Step =
  | { readonly kind: 'value'; readonly value: Value | undefined }
  | { readonly kind: 'closed' };
const closed: Step = { kind: 'closed' };

/**
 * A server's question (`elicitation/create`), asked one field after the other as the editor's
 * own client does. Null when the user closed it.
 */
export const askByForm: ClientHooks['elicit'] = async (message, schema, signal) => {
  const respond = 'Respond';
  const decline = 'Decline';
  const choice = await vscode.window.showInformationMessage(
    'The server asks for input.',
    { modal: true, detail: message },
    respond,
    decline,
  );
  if (signal.aborted || choice === undefined) return null;
  if (choice === decline) return { action: 'decline' };
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonObject>);
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const content: Extract<ElicitAnswer, { action: 'accept' }>['content'] = {};
  for (const [index, [name, field]] of properties.entries()) {
    const title = `${message} (${index + 1} of ${properties.length})`;
    const step = await ask(title, name, field, required.has(name));
    if (step.kind === 'closed' || signal.aborted) return null;
    if (step.value !== undefined) content[name] = step.value;
  }
  return { action: 'accept', content };
};

async function ask(
  title: string,
  name: string,
  field: JsonObject,
  required: boolean,
): Promise<Step> {
  const prompt = [field.title ?? name, field.description].filter(Boolean).join(': ');
  if (field.type === 'boolean')
    return pickOne(title, prompt, ['true', 'false'], field, (x) => x === 'true');
  const single = choices(field);
  if (single) return pickOne(title, prompt, single, field, (x) => x);
  const many = field.type === 'array' ? choices((field.items ?? {}) as JsonObject) : null;
  if (many) {
    const rows = await vscode.window.showQuickPick(many, {
      title,
      placeHolder: prompt,
      canPickMany: true,
      ignoreFocusOut: true,
    });
    return rows ? { kind: 'value', value: rows } : closed;
  }
  const text = await vscode.window.showInputBox({
    title,
    prompt: required ? prompt : `${prompt} (may be left empty)`,
    value: field.default === undefined ? '' : String(field.default),
    ignoreFocusOut: true,
    validateInput: (given) => check(given, field, required),
  });
  if (text === undefined) return closed;
  if (text === '' && !required) return { kind: 'value', value: undefined };
  const numeric = field.type === 'number' || field.type === 'integer';
  return { kind: 'value', value: numeric ? Number(text) : text };
}

async function pickOne(
  title: string,
  prompt: string,
  values: readonly string[],
  field: JsonObject,
  read: (text: string) => Value,
): Promise<Step> {
  const first = String(field.default ?? '');
  const rows = [...values].sort((a, b) => Number(b === first) - Number(a === first));
  const options = { title, placeHolder: prompt, ignoreFocusOut: true };
  const value = await vscode.window.showQuickPick(rows, options);
  return value === undefined ? closed : { kind: 'value', value: read(value) };
}

/** Values of `enum`, or of `oneOf`/`anyOf` with `const`. */
function choices(field: JsonObject): string[] | null {
  if (Array.isArray(field.enum)) return field.enum.map(String);
  const titled = field.oneOf ?? field.anyOf;
  if (!Array.isArray(titled)) return null;
  return titled.map((option: JsonObject) => String(option.const));
}

function check(text: string, field: JsonObject, required: boolean): string | null {
  if (text === '') return required ? 'A value is needed' : null;
  const { minimum, maximum, minLength, maxLength } = field as Record<string, number | undefined>;
  if (field.type === 'number' || field.type === 'integer') {
    const value = Number(text);
    if (Number.isNaN(value)) return 'This is not a number';
    if (field.type === 'integer' && !Number.isInteger(value)) return 'A whole number is needed';
    if (minimum !== undefined && value < minimum) return `At least ${minimum}`;
    if (maximum !== undefined && value > maximum) return `At most ${maximum}`;
    return null;
  }
  if (minLength !== undefined && text.length < minLength) return `At least ${minLength} characters`;
  if (maxLength !== undefined && text.length > maxLength) return `At most ${maxLength} characters`;
  return null;
}
