/**
 * What this folder needs of a syntax tree. The node of `web-tree-sitter` fits behind it as it is;
 * core itself knows no parser.
 */
export interface SyntaxNode {
  /** Unique within its tree. */
  readonly id: number;
  readonly type: string;
  readonly text: string;
  readonly startIndex: number;
  readonly startPosition: { readonly row: number; readonly column: number };
  readonly endPosition: { readonly row: number; readonly column: number };
  readonly namedChildren: readonly (SyntaxNode | null)[];
  readonly children: readonly (SyntaxNode | null)[];
  readonly parent: SyntaxNode | null;
  childForFieldName(name: string): SyntaxNode | null;
}

/** Grammars by the names of their wasm files. */
export type Grammar =
  | 'typescript'
  | 'tsx'
  | 'javascript'
  | 'python'
  | 'go'
  | 'rust'
  | 'c-sharp'
  | 'java';

export function namedChildren(node: SyntaxNode): SyntaxNode[] {
  return node.namedChildren.filter(
    (child) => child !== null && child.type !== 'comment',
  ) as SyntaxNode[];
}

export function field(node: SyntaxNode, name: string): SyntaxNode | null {
  return node.childForFieldName(name);
}

/** The first named child of a type, or null. */
export function childOfType(node: SyntaxNode, type: string): SyntaxNode | null {
  return node.namedChildren.find((child) => child?.type === type) ?? null;
}
