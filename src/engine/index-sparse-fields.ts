import { arrayMember, stringMember } from './json.js'
import { showTextRule, type SparseField, type SparseFields } from './text-rule.js'

/** The part of `_meta.splade_bridge` that says what a vector field is made of. */
export function toSparseFieldJson({ field, textFields, template }: SparseField): object {
  return { field, text_fields: textFields, ...(template !== undefined && { template }) }
}

/** @param json what {@link toSparseFieldJson} has written */
export function sparseFieldOf(field: string, json: unknown): SparseField {
  const template = stringMember(json, 'template')
  const textFields = arrayMember(json, 'text_fields').filter((name) => typeof name === 'string')
  return { field, textFields, ...(template !== undefined && { template }) }
}

/** @param meta the value of `_meta.splade_bridge` */
export function moreFieldsOf(meta: unknown): readonly SparseField[] {
  return arrayMember(meta, 'more_fields').flatMap((json) => {
    const field = stringMember(json, 'field')
    return field === undefined ? [] : [sparseFieldOf(field, json)]
  })
}

/** Every vector field of an index, the first being the one that is searched where nobody names another. */
export function sparseFields({
  field,
  textFields,
  template,
  moreFields = [],
}: SparseFields): readonly [SparseField, ...SparseField[]] {
  return [{ field, textFields, ...(template !== undefined && { template }) }, ...moreFields]
}

/** Fields and what they are made of, as people write them. */
export function showSparseFields(fields: readonly SparseField[]): string {
  return fields.map((field) => `${field.field} of ${showTextRule(field)}`).join('; ')
}
