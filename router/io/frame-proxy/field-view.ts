import type { FieldList } from '../../http2/field-list.ts';
import type { HeaderView } from '../header-view.ts';

/** A list of fields as the router reads it. One view is used for list after list. */
export class FieldView implements HeaderView {
  #fields: FieldList | null = null;

  /** The view, of those fields from now on. */
  of(fields: FieldList): this {
    this.#fields = fields;
    return this;
  }

  get(name: string): string | undefined {
    return this.#fields?.value(name);
  }
}
