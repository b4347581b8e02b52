import { AddedTokenFinder, readAddedTokens } from './added-tokens.js'
import { AlignedText } from './aligned-text.js'
import { createSubwordModel } from './create-subword-model.js'
import { JsonCursor } from './json-cursor.js'
import { createNormalizer } from './create-normalizer.js'
import { createPieceEncoder } from './piece-encoder.js'
import { PipelineTokenizer } from './pipeline-tokenizer.js'
import { createPostProcessor } from './post-processor.js'
import { createPreTokenizer } from './create-pre-tokenizer.js'
import { readPadId, readSpecialIds } from './special-tokens.js'
import { readTokenForms } from './token-forms.js'
import type { TextTokenizer } from './text-tokenizer.js'
import { Vocabulary } from './vocabulary.js'

/** The parsed JSON files that describe a tokenizer in the Hugging Face layout. */
export interface TokenizerFiles {
  /** tokenizer.json */
  readonly tokenizer: unknown
  /** tokenizer_config.json */
  readonly config?: unknown
  /** special_tokens_map.json */
  readonly specialTokensMap?: unknown
}

/**
 * Builds a tokenizer from its parsed files. The `truncation` and `padding` settings in tokenizer.json are not
 * followed: the caller decides on both.
 *
 * @throws {ModelError} naming the file, the path in it, the rule, and what was found
 */
export function loadTokenizer(files: TokenizerFiles): TextTokenizer {
  const tokenizer = JsonCursor.root(files.tokenizer, 'tokenizer.json')
  const specialTokenFiles = {
    config: JsonCursor.root(files.config, 'tokenizer_config.json'),
    specialTokensMap: JsonCursor.root(files.specialTokensMap, 'special_tokens_map.json'),
  }
  const added = readAddedTokens(tokenizer.at('added_tokens'))
  const normalizer = createNormalizer(tokenizer.at('normalizer'))
  const model = createSubwordModel(tokenizer.at('model'))
  const vocabulary = new Vocabulary(model.idsByToken, added)
  return new PipelineTokenizer({
    originalTokens: new AddedTokenFinder(
      added.filter(({ normalized }) => !normalized),
      ({ content }) => content,
    ),
    pieceEncoder: createPieceEncoder({
      normalizer,
      normalizedTokens: new AddedTokenFinder(
        added.filter(({ normalized }) => normalized),
        ({ content }) => normalizer.normalize(AlignedText.original(content)).text,
      ),
      preTokenizer: createPreTokenizer(tokenizer.at('pre_tokenizer')),
      model,
    }),
    postProcessor: createPostProcessor(tokenizer.at('post_processor')),
    vocabulary,
    addedIds: new Set(added.map(({ id }) => id)),
    specialIds: readSpecialIds(added, specialTokenFiles, vocabulary),
    unknownId: model.unknownId,
    padId: readPadId(tokenizer, specialTokenFiles, vocabulary),
    ...readTokenForms(tokenizer),
  })
}
