import type { AddedToken } from './added-tokens.js'
import type { JsonCursor } from './json-cursor.js'
import type { Vocabulary } from './vocabulary.js'

/** Where tokens are declared special, beside the flag in tokenizer.json. */
export interface SpecialTokenFiles {
  /** Root of tokenizer_config.json; may be absent. */
  readonly config: JsonCursor
  /** Root of special_tokens_map.json; may be absent. */
  readonly specialTokensMap: JsonCursor
}

/**
 * Ids of the tokens that stand for no text: those with the flag in `added_tokens` or `added_tokens_decoder`, and
 * those that an entry named `..._token` or `additional_special_tokens` gives a role. Names that the vocabulary
 * lacks are passed over, as models drop tokens without cleaning these files.
 */
export function readSpecialIds(
  added: readonly AddedToken[],
  files: SpecialTokenFiles,
  vocabulary: Vocabulary,
): ReadonlySet<number> {
  const ids = new Set(added.filter(({ special }) => special).map(({ id }) => id))
  for (const root of [files.config, files.specialTokensMap]) {
    for (const token of namedTokens(root)) {
      const id = vocabulary.idOf(token)
      if (id !== undefined) ids.add(id)
    }
  }
  return ids
}

/** The id that fills the end of short rows: the named pad token, else tokenizer.json's padding, else 0. */
export function readPadId(tokenizer: JsonCursor, files: SpecialTokenFiles, vocabulary: Vocabulary): number {
  for (const root of [files.config, files.specialTokensMap]) {
    const content = contentOf(root.at('pad_token'))
    const id = content === undefined ? undefined : vocabulary.idOf(content)
    if (id !== undefined) return id
  }
  return tokenizer.at('padding').at('pad_id').natural(0)
}

function namedTokens(root: JsonCursor): readonly string[] {
  if (!root.isPresent) return []
  const roles = root.entries().filter(([key]) => key.endsWith('_token'))
  const listed = ['additional_special_tokens', 'extra_special_tokens'].flatMap((key) =>
    listedTokens(root.at(key)),
  )
  const flagged = recordEntries(root.at('added_tokens_decoder')).filter((token) =>
    token.at('special').boolean(false),
  )
  return [...roles.map(([, token]) => token), ...listed, ...flagged]
    .map(contentOf)
    .filter((content) => content !== undefined)
}

/** Lists in older files; name -> token in newer ones. */
function listedTokens(list: JsonCursor): readonly JsonCursor[] {
  return list.isArray ? list.items() : recordEntries(list)
}

function recordEntries(record: JsonCursor): readonly JsonCursor[] {
  return record.isObject ? record.entries().map(([, value]) => value) : []
}

/** A token is written as its string, or as an object with `content`; anything else names no token. */
function contentOf(token: JsonCursor): string | undefined {
  if (token.isString) return token.string()
  if (!token.isObject) return undefined
  const content = token.at('content')
  return content.isString ? content.string() : undefined
}
