import { describe, expect, it } from '@jest/globals'
import { createPostProcessor } from '../../../src/tokenizer/post-processor.js'
import { cursor } from './layouts.js'

const template = (...single: object[]): object => ({
  type: 'TemplateProcessing',
  single,
  special_tokens: { '[CLS]': { ids: [2] }, '[SEP]': { ids: [3, 4] } },
})
const special = (id: string): object => ({ SpecialToken: { id, type_id: 0 } })
const sequence = { Sequence: { id: 'A', type_id: 0 } }

describe('createPostProcessor', () => {
  it.each([
    [null, { prefix: [], suffix: [], trimming: undefined }],
    [
      template(special('[CLS]'), sequence, special('[SEP]')),
      { prefix: [2], suffix: [3, 4], trimming: undefined },
    ],
    [
      { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
      { prefix: [2], suffix: [3], trimming: undefined },
    ],
    [
      { type: 'RobertaProcessing', cls: ['<s>', 0], sep: ['</s>', 1], add_prefix_space: false },
      { prefix: [0], suffix: [1], trimming: { hasAddedSpace: false } },
    ],
    [
      { type: 'ByteLevel', trim_offsets: false },
      { prefix: [], suffix: [], trimming: undefined },
    ],
    [
      { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template(special('[CLS]'), sequence)] },
      { prefix: [2], suffix: [], trimming: { hasAddedSpace: true } },
    ],
  ])('reads %j', (config, expected) => {
    expect(createPostProcessor(cursor(config))).toEqual(expected)
  })

  it.each([
    [{ type: 'Magic' }, /type must be a supported post-processor \(.*\), found "Magic"/],
    [template(special('[CLS]')), /single must have one Sequence among SpecialTokens, found an array of 1/],
    [template(sequence, sequence), /single must have one Sequence among SpecialTokens, found an array of 2/],
    [template(sequence, special('[X]')), /id must be a key of post_processor.special_tokens, found "\[X\]"/],
    [{ type: 'BertProcessing', cls: ['[CLS]'], sep: ['[SEP]', 3] }, /cls must be a token and its id/],
  ])('refuses %j', (config, message) => {
    expect(() => createPostProcessor(cursor(config))).toThrow(message)
  })
})
