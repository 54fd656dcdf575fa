import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import type { ContractDocument } from './document';

/** Checks values against the schemas of one document, found by JSON pointer. */
export class Schemas {
  private readonly strict: Ajv2020;
  /** For query parameters and forms, where everything arrives as text. */
  private readonly coercing: Ajv2020;
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(document: ContractDocument) {
    [this.strict, this.coercing] = [false, true].map((coerceTypes) => {
      const ajv = new Ajv2020({
        strict: false,
        allErrors: true,
        coerceTypes,
        validateFormats: false,
        verbose: true,
      });
      return ajv.addSchema(document.json, 'contract');
    }) as [Ajv2020, Ajv2020];
  }

  /** What is wrong with a value; nothing when it fits. */
  check(pointer: string, value: unknown): ErrorObject[] {
    return this.run(this.strict, `strict ${pointer}`, { $ref: refTo(pointer) }, value);
  }

  /** The same for a text or texts that stand for a value of the schema's type. */
  checkText(pointer: string, value: unknown): ErrorObject[] {
    // Coercion writes into what holds the value, so it is put into a holder.
    const schema = { type: 'object', properties: { value: { $ref: refTo(pointer) } } };
    return this.run(this.coercing, `text ${pointer}`, schema, { value: structuredClone(value) });
  }

  private run(ajv: Ajv2020, key: string, schema: object, value: unknown): ErrorObject[] {
    const validate = this.compiled.get(key) ?? ajv.compile(schema);
    this.compiled.set(key, validate);
    return validate(value) ? [] : [...(validate.errors ?? [])];
  }
}

function refTo(pointer: string): string {
  return `contract#${pointer.split('/').map(encodeURIComponent).join('/')}`;
}
