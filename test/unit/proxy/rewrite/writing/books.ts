import { createLexicalEncoder } from '../../../../../src/encoder/lexical/lexical-encoder.js'

/** The encoder of an index of books, and what its mapping says. */
export const encoder = createLexicalEncoder()
export const meta = {
  field: 'splade',
  textFields: ['text'],
  fieldType: 'rank_features',
  encoder: encoder.identity,
} as const
