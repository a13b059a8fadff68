import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The table of ARCHITECTURE.md: a layer may import itself and what stands here. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  shim: ['core', 'node:'],
  hooks: ['core', 'node:'],
  indexer: ['core', 'node:'],
  collector: ['core', 'node:'],
  vscode: ['core', 'collector', 'indexer', 'node:', 'vscode'],
  webview: ['core'],
  extension: ['vscode/', 'vscode'],
  cli: ['core', 'collector', 'indexer', 'node:'],
};
/** Packages from npm that a layer may bundle. */
const packages: Record<string, readonly RegExp[]> = {
  core: [/^jsonc-parser$/],
  shim: [/^@opentelemetry\//, /^ws$/, /^cross-spawn$/],
  hooks: [],
  indexer: [/^@vscode\/tree-sitter-wasm/, /^@jridgewell\/trace-mapping$/],
  collector: [/^ws$/, /^@grpc\/grpc-js$/, /^@opentelemetry\//],
  vscode: [/^@modelcontextprotocol\/sdk/, /^jsonc-parser$/, /^ws$/, /^@jridgewell\/trace-mapping$/],
  webview: [/^@vscode\/webview-ui-toolkit/, /^@vscode\/codicons/],
  extension: [],
  cli: [],
};

function layerOf(file: string): string {
  const path = file.replaceAll('\\', '/');
  if (path === 'src/extension.ts') return 'extension';
  if (path === 'src/cli.ts') return 'cli';
  if (path.startsWith('webview/')) return 'webview';
  return path.split('/')[1] ?? '';
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
}

const files = globSync(['src/**/*.{ts,mts}', 'webview/**/*.ts']).filter(
  (file) => !file.endsWith('.d.ts'),
);

function violations(file: string): string[] {
  const layer = layerOf(file);
  return importsOf(file).filter((specifier) => {
    if (specifier.startsWith('.')) {
      const target = layerOf(normalize(join(dirname(file), specifier)));
      if (target === layer) return false;
      if (layer === 'extension') return target !== 'vscode';
      return !allowed[layer]?.includes(target);
    }
    if (specifier.startsWith('node:')) return !allowed[layer]?.includes('node:');
    if (specifier === 'vscode') return !allowed[layer]?.includes('vscode');
    return !packages[layer]?.some((pattern) => pattern.test(specifier));
  });
}

describe('the layering table', () => {
  it('finds source files to hold against it', () => {
    expect(files.length).toBeGreaterThan(3);
    expect(new Set(files.map(layerOf))).toContain('core');
  });

  it.each(files.map((file) => relative('.', file)))(
    '%s imports only what its layer may',
    (file) => {
      expect(Object.keys(allowed)).toContain(layerOf(file));
      expect(violations(file)).toEqual([]);
    },
  );
});
