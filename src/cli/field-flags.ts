import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_TEXT_FIELDS } from '../engine/index-setup.js'
import { parseTextField, type SparseField, type SparseFields, templateRule } from '../engine/text-rule.js'
import type { FieldOptions } from '../indexer/field-rules.js'
import { UsageError } from './exit.js'

/** Which texts of a document become vectors. */
export interface TextFlags {
  readonly text?: readonly string[]
  /** Older name of `text`. */
  readonly textFields?: readonly string[]
  readonly template?: string
  readonly sparse?: readonly SparseField[]
}

/** What becomes of a document's fields. */
export interface FieldFlags extends FieldOptions {
  readonly id?: string
  /** Older name of `id`. */
  readonly idField?: string
}

/** Adds the flags of {@link TextFlags}. */
export function addTextFlags(command: Command): Command {
  return command
    .option(
      '--text <fields>',
      `fields that are encoded, joined by a space; title^2 weighs the terms of a field (default: ${DEFAULT_TEXT_FIELDS.join(',')})`,
      textFieldList,
    )
    .addOption(new Option('--text-fields <fields>').argParser(textFieldList).hideHelp())
    .option(
      '--template <text>',
      'text that is encoded instead, such as "{{title}} ({{meta.year}})\\n{{text}}"',
      unescape,
    )
    .option(
      '--sparse <fields=name>',
      'vector fields and the text fields of each, such as title=title_splade,body=body_splade; repeatable',
      collectSparse,
    )
}

/** Adds the flags of {@link FieldFlags}. */
export function addFieldFlags(command: Command): Command {
  return command
    .option(
      '--id <field>',
      'field with the document id (default: _id, then id, then a digest of the content)',
    )
    .addOption(new Option('--id-field <field>').hideHelp())
    .option('--rename <old=new>', 'rename fields before all else; repeatable', collectRenames)
    .option('--keep <fields>', 'store only these fields; repeatable (default: all)', collectNames)
    .option(
      '--drop <fields>',
      'do not store these fields, though they may be encoded; repeatable',
      collectNames,
    )
}

/** The flags as options of the indexer. */
export function fieldOptions({ idField, id = idField, rename, keep, drop }: FieldFlags): FieldOptions & {
  readonly idField?: string
} {
  return {
    ...(id !== undefined && { idField: id }),
    ...(rename !== undefined && { rename }),
    ...(keep !== undefined && { keep }),
    ...(drop !== undefined && { drop }),
  }
}

/**
 * The vector fields that were asked for, completed by those of an index that is there.
 *
 * @param asked the vector field that was asked for
 * @param fallback the vector field of a new index where none was asked for
 * @throws UsageError for flags that contradict each other
 */
export function chooseFields(
  { text, textFields, template, sparse }: TextFlags,
  {
    asked,
    fallback,
    existing,
  }: { asked: string | undefined; fallback: string; existing: SparseFields | undefined },
): SparseFields {
  const fields = text ?? textFields
  const given = [fields, template, sparse].filter((value) => value !== undefined)
  if (given.length > 1)
    throw new UsageError('--text, --template and --sparse exclude each other; give one of them')
  const [first, ...others] = sparse ?? []
  if (first !== undefined) {
    if (asked !== undefined)
      throw new UsageError('--sparse names the vector fields itself; leave --field out')
    return { ...first, ...(others.length > 0 && { moreFields: others }) }
  }
  const field = asked ?? existing?.field ?? fallback
  if (template !== undefined) return { field, ...templateRule(template) }
  if (fields !== undefined) return { field, textFields: fields }
  return existing === undefined
    ? { field, textFields: DEFAULT_TEXT_FIELDS }
    : { ...onlyFields(existing), field }
}

function onlyFields({ field, textFields, template, moreFields }: SparseFields): SparseFields {
  return { field, textFields, ...(template !== undefined && { template }), ...(moreFields && { moreFields }) }
}

/** `title^2,body`, every field checked. */
export function textFieldList(text: string): readonly string[] {
  const names = nameList(text)
  for (const name of names) explaining(() => parseTextField(name))
  return names
}

/** A list of names between commas, none of them empty. */
export function nameList(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('It must be field names separated by commas.')
  return names
}

/** `title^2,body=all,note=notes`: text fields up to each equals sign, then the vector field that they make. */
export function parseSparse(text: string): readonly SparseField[] {
  const fields: SparseField[] = []
  let textFields: string[] = []
  for (const item of nameList(text)) {
    const [name = '', field, ...rest] = item.split('=').map((side) => side.trim())
    textFields.push(...textFieldList(name))
    if (field === undefined) continue
    if (field === '' || rest.length > 0) throw new InvalidArgumentError(SPARSE_FORM)
    fields.push({ field, textFields })
    textFields = []
  }
  if (textFields.length > 0) throw new InvalidArgumentError(SPARSE_FORM)
  return fields
}

const SPARSE_FORM = 'It must be text fields and the vector field that they make, as in title=title_splade.'

function collectSparse(text: string, previous: readonly SparseField[] = []): readonly SparseField[] {
  return [...previous, ...parseSparse(text)]
}

function collectNames(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...nameList(text)]
}

function collectRenames(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const renames = nameList(text).map((item): [string, string] => {
    const [from = '', to = '', ...rest] = item.split('=').map((side) => side.trim())
    if (from === '' || to === '' || rest.length > 0) {
      throw new InvalidArgumentError('It must be an old and a new name, as in headline=title.')
    }
    return [from, to]
  })
  return { ...previous, ...Object.fromEntries(renames) }
}

/** A shell hands `\n` on as it is written. */
function unescape(text: string): string {
  const template = text.replace(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? '\\')
  explaining(() => templateRule(template))
  return template
}

function explaining(check: () => unknown): void {
  try {
    check()
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}
