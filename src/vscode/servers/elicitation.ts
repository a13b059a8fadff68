import * as vscode from 'vscode';
import type { Field } from '../../core/schema/field.js';
import type { JsonValue } from '../../core/schema/json.js';
import { readSchema } from '../../core/schema/readSchema.js';
import type { ClientHooks, ElicitAnswer } from './connection.js';
import { putQuestion } from './question.js';

type Content = Extract<ElicitAnswer, { action: 'accept' }>['content'];

/**
 * A server's question (`elicitation/create`), asked one field after the other as the editor's
 * own client does. Null when the user closed it or the server gave up waiting.
 */
export async function askByForm(
  server: string,
  ...[message, schema, signal]: Parameters<ClientHooks['elicit']>
): Promise<ElicitAnswer | null> {
  const respond = 'Respond';
  const decline = 'Decline';
  const choice = await vscode.window.showInformationMessage(
    `The server “${server}” asks for input.`,
    { modal: true, detail: message },
    respond,
    decline,
  );
  if (signal.aborted || choice === undefined) return null;
  if (choice === decline) return { action: 'decline' };
  const form = readSchema(schema);
  const answers = await askAll(message, form.kind === 'object' ? form.fields : [], signal);
  return answers && { action: 'accept', content: Object.fromEntries(answers) as Content };
}

/** The answers that were given, by name; null when one of the questions was closed. */
async function askAll(
  title: string,
  fields: readonly Field[],
  signal: AbortSignal,
): Promise<Map<string, JsonValue> | null> {
  const answers = new Map<string, JsonValue>();
  // A question goes only when the next one stands: between two, the editor would give the
  // keyboard back to what had it before, and what is typed then would land there.
  let last: vscode.Disposable | null = null;
  try {
    for (let at = 0; at < fields.length; ) {
      const field = fields[at]!;
      const given = answers.has(field.name) ? answers.get(field.name) : field.default;
      const question = putQuestion(field, { title, step: at + 1, of: fields.length }, given);
      last?.dispose();
      last = question.input;
      const hide = () => question.input.hide();
      signal.addEventListener('abort', hide);
      const reply = await question.reply;
      signal.removeEventListener('abort', hide);
      if (reply === 'closed' || signal.aborted) return null;
      if (reply === 'back') {
        at--;
        continue;
      }
      answers.delete(field.name);
      if (reply.value !== undefined) answers.set(field.name, reply.value);
      at++;
    }
    return answers;
  } finally {
    last?.dispose();
  }
}
