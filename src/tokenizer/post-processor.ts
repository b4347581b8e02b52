import type { JsonCursor } from './json-cursor.js'

/** What is put around the tokens of one text, and what is done to their spans. */
export interface PostProcessor {
  /** Ids before the text's tokens. */
  readonly prefix: readonly number[]
  /** Ids after the text's tokens. */
  readonly suffix: readonly number[]
  /** How to take spaces out of the spans of byte-level tokens; undefined to leave them in. */
  readonly trimming: SpaceTrimming | undefined
}

/** Settings of {@link PostProcessor.trimming}. */
export interface SpaceTrimming {
  /** True if the pre-tokenizer put a space before the text that the text itself does not have. */
  readonly hasAddedSpace: boolean
}

/**
 * Builds the post-processor that tokenizer.json describes, as far as it treats single texts.
 *
 * @param config the `post_processor` entry; absent for none
 * @throws {ModelError} naming a type or template that is not supported
 */
export function createPostProcessor(config: JsonCursor): PostProcessor {
  if (!config.isPresent) return { prefix: [], suffix: [], trimming: undefined }
  const type = config.at('type')
  switch (type.string()) {
    case 'Sequence':
      return config.at('processors').items().map(createPostProcessor).reduce(around)
    case 'TemplateProcessing':
      return fromTemplate(config)
    case 'BertProcessing':
      return { ...fromPair(config), trimming: undefined }
    case 'RobertaProcessing':
      return { ...fromPair(config), trimming: readTrimming(config) }
    case 'ByteLevel':
      return { prefix: [], suffix: [], trimming: readTrimming(config) }
    default:
      return type.fail(
        'must be a supported post-processor (Sequence, TemplateProcessing, BertProcessing, RobertaProcessing,' +
          ' ByteLevel)',
      )
  }
}

function around(inner: PostProcessor, outer: PostProcessor): PostProcessor {
  return {
    prefix: [...outer.prefix, ...inner.prefix],
    suffix: [...inner.suffix, ...outer.suffix],
    trimming: inner.trimming ?? outer.trimming,
  }
}

function readTrimming(config: JsonCursor): SpaceTrimming | undefined {
  const hasAddedSpace = config.at('add_prefix_space').boolean(true)
  return config.at('trim_offsets').boolean(true) ? { hasAddedSpace } : undefined
}

/** `cls` and `sep` are each written as token and id. */
function fromPair(config: JsonCursor): Pick<PostProcessor, 'prefix' | 'suffix'> {
  const idOf = (token: JsonCursor): number =>
    token.items()[1]?.natural() ?? token.fail('must be a token and its id')
  return { prefix: [idOf(config.at('cls'))], suffix: [idOf(config.at('sep'))] }
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
    trimming: undefined,
  }
}

function specialTokenIds(config: JsonCursor, name: JsonCursor): readonly number[] {
  const ids = config.at('special_tokens').at(name.string()).at('ids')
  if (!ids.isPresent) name.fail('must be a key of post_processor.special_tokens')
  return ids.items().map((id) => id.natural())
}
