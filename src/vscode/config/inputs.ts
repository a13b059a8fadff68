import * as vscode from 'vscode';
import type { InputConfig } from '../../core/mcp/config.js';

const stateKey = 'spanpath.inputs';

/** The user closed the question; whatever needed the answer is off. */
export class InputCancelled extends Error {
  constructor(id: string) {
    super(`The input "${id}" was not given`);
  }
}

/**
 * Values of `${input:ID}`: asked once, then remembered for this workspace. Passwords are kept by
 * the editor's secret storage, everything else in the workspace's state.
 */
export class Inputs {
  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly state: vscode.Memento,
  ) {}

  /** @throws InputCancelled */
  async value(input: InputConfig): Promise<string> {
    const known = input.password
      ? await this.secrets.get(this.secretKey(input.id))
      : this.plain()[input.id];
    if (known !== undefined) return known;
    const given = await this.ask(input);
    if (given === undefined) throw new InputCancelled(input.id);
    if (input.type === 'command') return given;
    if (input.password) await this.secrets.store(this.secretKey(input.id), given);
    else await this.state.update(stateKey, { ...this.plain(), [input.id]: given });
    return given;
  }

  async forget(inputs: readonly InputConfig[]): Promise<void> {
    await this.state.update(stateKey, undefined);
    for (const { id } of inputs) await this.secrets.delete(this.secretKey(id));
  }

  private async ask(input: InputConfig): Promise<string | undefined> {
    const title = input.description || `Value of \${input:${input.id}}`;
    if (input.type === 'command') {
      if (!input.command) return undefined;
      const answer = await vscode.commands.executeCommand<unknown>(input.command);
      return typeof answer === 'string' ? answer : undefined;
    }
    if (input.type === 'pickString') {
      const rows = input.options.map(({ label, value }) => ({
        label,
        value,
        ...(label === value ? {} : { description: value }),
      }));
      rows.sort((a, b) => Number(b.value === input.default) - Number(a.value === input.default));
      return (await vscode.window.showQuickPick(rows, { title, ignoreFocusOut: true }))?.value;
    }
    return vscode.window.showInputBox({
      title,
      prompt: `Used for \${input:${input.id}} in the server configuration`,
      password: input.password,
      ignoreFocusOut: true,
      ...(input.default === null ? {} : { value: input.default }),
    });
  }

  private plain(): Record<string, string> {
    return this.state.get<Record<string, string>>(stateKey, {});
  }

  private secretKey(id: string): string {
    const workspace = vscode.workspace.workspaceFile ?? vscode.workspace.workspaceFolders?.[0]?.uri;
    return `spanpath.input:${workspace?.toString() ?? ''}:${id}`;
  }
}
