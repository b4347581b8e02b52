import type { JsonCursor } from './json-cursor.js'

/** What is put around the tokens of one text. */
export interface PostProcessor {
  /** Ids before the text's tokens. */
  readonly prefix: readonly number[]
  /** Ids after the text's tokens. */
  readonly suffix: readonly number[]
}

const NOTHING_AROUND: PostProcessor = { prefix: [], suffix: [] }

/**
 * Builds the post-processor that tokenizer.json describes, as far as it treats single texts.
 *
 * @param config the `post_processor` entry; absent for none
 * @throws {ModelError} naming a type or template that is not supported
 */
export function createPostProcessor(config: JsonCursor): PostProcessor {
  if (!config.isPresent) return NOTHING_AROUND
  const type = config.at('type')
  switch (type.string()) {
    case 'TemplateProcessing':
      return fromTemplate(config)
    default:
      return type.fail('must be a supported post-processor (TemplateProcessing)')
  }
}

function fromTemplate(config: JsonCursor): PostProcessor {
  const template = config.at('single').items()
  const place = template.findIndex((piece) => piece.at('Sequence').isPresent)
  const specials = template.filter((piece) => piece.at('SpecialToken').isPresent)
  if (place === -1 || specials.length !== template.length - 1) {
    config.at('single').fail('must have one Sequence among SpecialTokens')
  }
  const idsOf = (piece: JsonCursor): readonly number[] =>
    specialTokenIds(config, piece.at('SpecialToken').at('id'))
  return {
    prefix: template.slice(0, place).flatMap(idsOf),
    suffix: template.slice(place + 1).flatMap(idsOf),
  }
}

function specialTokenIds(config: JsonCursor, name: JsonCursor): readonly number[] {
  const ids = config.at('special_tokens').at(name.string()).at('ids')
  if (!ids.isPresent) name.fail('must be a key of post_processor.special_tokens')
  return ids.items().map((id) => id.natural())
}
