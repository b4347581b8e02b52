import { fieldValue, hasField, withoutField } from '../engine/field-path.js'
import type { JsonObject } from '../engine/json.js'
import { type Origin, recordError } from './readers/origin.js'

/** What becomes of a record's fields. Names may have dots: `meta.title`. */
export interface FieldOptions {
  /** Old name -> new name, before all else: every other option speaks of the new names. */
  readonly rename?: Readonly<Record<string, string>>
  /** Fields that are stored. Default: all. */
  readonly keep?: readonly string[]
  /** Fields that are not stored; they may still be encoded, or be the id. */
  readonly drop?: readonly string[]
}

/** Renames and selects the fields of records, and remembers which names it never met. */
export class FieldRules {
  private readonly unmet: Set<string>

  constructor(private readonly options: FieldOptions) {
    const { rename = {}, keep = [], drop = [] } = options
    this.unmet = new Set([...Object.keys(rename), ...keep, ...drop])
  }

  /** @throws InputError for a record that has a field of the new name already */
  rename(record: JsonObject, origin: Origin): JsonObject {
    let renamed = record
    for (const [from, to] of Object.entries(this.options.rename ?? {})) {
      if (!this.meets(renamed, from)) continue
      const value = fieldValue(renamed, from)
      const rest = withoutField(renamed, from)
      if (hasField(rest, to)) {
        throw recordError(origin, `has a field "${to}" already, which "${from}" is to be renamed to`)
      }
      renamed = { ...rest, [to]: value }
    }
    return renamed
  }

  /** What is stored of a record. */
  select(record: JsonObject): JsonObject {
    const { keep, drop = [] } = this.options
    const kept = keep === undefined ? record : this.keepOnly(record, keep)
    return drop.reduce((left, name) => (this.meets(left, name) ? withoutField(left, name) : left), kept)
  }

  /** Names that no record had so far: one that is misspelt selects nothing, or drops nothing. */
  neverMet(): readonly string[] {
    return [...this.unmet]
  }

  private keepOnly(record: JsonObject, names: readonly string[]): JsonObject {
    const present = names.filter((name) => this.meets(record, name))
    return Object.fromEntries(present.map((name) => [name, fieldValue(record, name)]))
  }

  private meets(record: JsonObject, name: string): boolean {
    const isThere = hasField(record, name)
    if (isThere) this.unmet.delete(name)
    return isThere
  }
}
