import type { FieldList } from '../../http2/field-list.ts';
import { countIn, type HeaderView, MOST_DIGITS } from '../header-view.ts';

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

  /** A value that is too long for a count is not even decoded. */
  count(name: string): number | null {
    const fields = this.#fields;
    const at = fields === null ? -1 : fields.at(name);
    return fields === null || at < 0 || fields.lengthAt(at) > MOST_DIGITS ? null : countIn(fields.valueAt(at));
  }
}
