import { describe, expect, it } from '@jest/globals'
import { AlignedText } from '../../../src/tokenizer/aligned-text.js'
import { metaspacePreTokenizer } from '../../../src/tokenizer/metaspace.js'
import { cursor, original, spansOf } from './layouts.js'

const words = (options: object, text: string, offset = 0): string[] =>
  metaspacePreTokenizer(cursor(options))
    .split(AlignedText.original(text, offset))
    .map((word) => word.text)

describe('metaspacePreTokenizer', () => {
  it.each([
    [{}, 'a b', ['▁a', '▁b']],
    [{}, ' a  b', ['▁a', '▁', '▁b']],
    [{ prepend_scheme: 'never' }, 'a b', ['a', '▁b']],
    [{ add_prefix_space: false }, 'a b', ['a', '▁b']],
    [{ split: false }, 'a b', ['▁a▁b']],
    [{ replacement: '_' }, 'a b', ['_a', '_b']],
  ])('with %j cuts %j', (options, text, expected) => {
    expect(words(options, text)).toEqual(expected)
  })

  it('puts a mark first only where the text itself starts, if told so', () => {
    expect(words({ prepend_scheme: 'first' }, 'a b')).toEqual(['▁a', '▁b'])
    expect(words({ prepend_scheme: 'first' }, 'a b', 5)).toEqual(['a', '▁b'])
  })

  it('lets the added mark come from the first character', () => {
    expect(spansOf(metaspacePreTokenizer(cursor({})).split(original('ab c')))).toEqual([
      ['▁ab', 0, 2],
      ['▁c', 2, 4],
    ])
  })

  it('names a scheme that does not exist', () => {
    expect(() => metaspacePreTokenizer(cursor({ prepend_scheme: 'last' }))).toThrow(
      'tokenizer.json: prepend_scheme must be always, first or never, found "last"',
    )
  })
})
