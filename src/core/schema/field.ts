import type { JsonValue } from './json.js';

/** What every field of a form says. */
interface FieldBase {
  /** The property's name; '' for an element of a list and for the form itself. */
  readonly name: string;
  /** What to call it: the schema's title, else the name. */
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly default: JsonValue | undefined;
}

export interface TextField extends FieldBase {
  readonly kind: 'text';
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  /** `email`, `uri`, `date`, `date-time` …; '' when there is none. */
  readonly format: string;
  /** Shown, never run: a pattern comes from the server and could take for ever. */
  readonly pattern: string;
}

export interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly integer: boolean;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly exclusiveMinimum: number | undefined;
  readonly exclusiveMaximum: number | undefined;
  readonly multipleOf: number | undefined;
}

export interface BooleanField extends FieldBase {
  readonly kind: 'boolean';
}

export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly options: readonly { readonly label: string; readonly value: JsonValue }[];
}

export interface ObjectField extends FieldBase {
  readonly kind: 'object';
  readonly fields: readonly Field[];
}

export interface ListField extends FieldBase {
  readonly kind: 'list';
  readonly element: Field;
  readonly minItems: number;
  readonly maxItems: number;
}

/** One of several shapes; the label of each is its title, or what tells it apart. */
export interface VariantsField extends FieldBase {
  readonly kind: 'variants';
  readonly variants: readonly { readonly label: string; readonly field: Field }[];
}

/** Whatever a form cannot show: written as JSON. `types` are allowed; empty means any. */
export interface JsonField extends FieldBase {
  readonly kind: 'json';
  readonly types: readonly string[];
}

export type Field =
  | TextField
  | NumberField
  | BooleanField
  | ChoiceField
  | ObjectField
  | ListField
  | VariantsField
  | JsonField;
