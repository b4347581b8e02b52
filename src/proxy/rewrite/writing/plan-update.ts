import { isDeepStrictEqual } from 'node:util'
import { SIDE_FIELD } from '../../../engine/index-setup.js'
import { hasField } from '../../../engine/field-path.js'
import { sparseFields } from '../../../engine/index-sparse-fields.js'
import { isObject } from '../../../engine/json.js'
import { textFieldNames } from '../../../engine/text-rule.js'
import type { JsonObjectNode, JsonSource } from '../json/json-source.js'
import { memberOf, valueOf } from '../json/read-node.js'
import { mergeSource, withoutMembers } from '../json/merge-source.js'
import { readJson } from '../rewrite-body.js'
import type { CurrentDocument } from './current-documents.js'
import type { WriteTarget } from './write-targets.js'

/** What is to be written in place of an update. */
export interface UpdateWrite {
  /** The whole document, still to be encoded. */
  readonly text: string
  /** The document that it replaces; undefined where it must not exist. */
  readonly replaces: CurrentDocument | undefined
}

/** What an update's body asks for, as far as vectors depend on it. */
export interface UpdateBody {
  readonly source: JsonSource
  readonly doc: JsonObjectNode | undefined
  /** What is written where the document is not there: `upsert`, or the partial document itself. */
  readonly insert: JsonObjectNode | undefined
  readonly hasScript: boolean
}

export const SCRIPT_WARNING =
  'splade-bridge does not run scripts: if one changed encoded text, the vector of the document is that of the old text'

/** @returns undefined for a body that is no update: the engine says so */
export function readUpdate(text: string): UpdateBody | undefined {
  const source = readJson(text)
  if (source?.root.kind !== 'object') return undefined
  const doc = objectAt(source, 'doc')
  const upsert = isTrue(source, 'doc_as_upsert') ? doc : objectAt(source, 'upsert')
  // A script that runs on what is inserted makes the document, and nobody else can.
  const insert = isTrue(source, 'scripted_upsert') ? undefined : upsert
  return { source, doc, insert, hasScript: source.root.members.has('script') }
}

/** True if a vector depends on what this update changes, so that the document has to be read first. */
export function touchesText({ doc, insert, hasScript }: UpdateBody, target: WriteTarget): boolean {
  return [hasScript ? undefined : doc, insert].some(
    (node) => node !== undefined && speaksOfText(node, target),
  )
}

/** @returns undefined for an update that the engine does as well by itself */
export function planUpdate(
  { source, doc, insert, hasScript }: UpdateBody,
  target: WriteTarget,
  current: CurrentDocument | undefined,
): UpdateWrite | undefined {
  if (current === undefined) {
    return insert === undefined
      ? undefined
      : { text: source.text.slice(insert.start, insert.end), replaces: undefined }
  }
  if (hasScript || doc === undefined || !speaksOfText(doc, target)) return undefined
  const merged = readJson(mergeSource(current.source, source, doc))
  if (merged?.root.kind !== 'object' || isDeepStrictEqual(valueOf(merged.root), valueOf(current.source.root)))
    return undefined
  const own = new Set([...sparseFields(target.meta).map(({ field }) => field), SIDE_FIELD])
  return { text: withoutMembers(merged, merged.root, own), replaces: current }
}

function speaksOfText(node: JsonObjectNode, { meta }: WriteTarget): boolean {
  const value = valueOf(node)
  const names = sparseFields(meta).flatMap(textFieldNames)
  return isObject(value) && names.some((name) => hasField(value, name))
}

function isTrue({ root }: JsonSource, name: string): boolean {
  const node = memberOf(root, name)
  return node?.kind === 'scalar' && node.value === true
}

function objectAt({ root }: JsonSource, name: string): JsonObjectNode | undefined {
  const node = memberOf(root, name)
  return node?.kind === 'object' ? node : undefined
}
