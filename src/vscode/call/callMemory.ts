import type * as vscode from 'vscode';

const stateKey = 'spanpath.arguments';
const maxKept = 200;
const maxCharacters = 64 * 1024;

/** The last arguments of each tool, for this workspace; the oldest are forgotten. */
export class CallMemory {
  constructor(private readonly state: vscode.Memento) {}

  recall(id: string): string | null {
    return this.entries().find(([known]) => known === id)?.[1] ?? null;
  }

  async keep(id: string, text: string): Promise<void> {
    if (text.length > maxCharacters) return;
    const others = this.entries().filter(([known]) => known !== id);
    await this.state.update(stateKey, [...others, [id, text]].slice(-maxKept));
  }

  private entries(): [string, string][] {
    return this.state.get<[string, string][]>(stateKey, []);
  }
}
