import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../src/errors.js'
import { loadTokenizer } from '../../../src/tokenizer/load-tokenizer.js'
import { bertLayout } from './layouts.js'

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

describe('loadTokenizer', () => {
  it('loads the bundled English model', () => {
    const tokenizer = loadTokenizer({
      tokenizer: readJson('models/splade-tiny-en/tokenizer.json'),
      config: readJson('models/splade-tiny-en/tokenizer_config.json'),
    })
    expect(tokenizer.vocabularySize).toBe(30_522)
    expect([...tokenizer.specialIds].map((id) => tokenizer.tokenOf(id))).toEqual([
      '[PAD]',
      '[UNK]',
      '[CLS]',
      '[SEP]',
      '[MASK]',
    ])
    const korean = tokenizer.fragmentation(tokenizer.tokenize('한국어 문서를 검색합니다'))
    expect(korean).toBeGreaterThan(0.9)
    expect(tokenizer.fragmentation(tokenizer.tokenize('Rivers carry sand to the sea.'))).toBe(0)
  })

  it('does not follow the truncation and padding in the file', () => {
    const layout = {
      ...bertLayout(['a']),
      truncation: { max_length: 3 },
      padding: { pad_id: 0, strategy: { Fixed: 9 } },
    }
    expect(loadTokenizer({ tokenizer: layout }).tokenize('a a a a').ids).toHaveLength(6)
  })

  it.each([
    [{ tokenizer: null }, 'tokenizer.json: model.type must be a string, found nothing'],
    [{ tokenizer: 'text' }, 'tokenizer.json must be an object, found "text"'],
    [
      { tokenizer: bertLayout(['a']), config: [] },
      'tokenizer_config.json must be an object, found an array of 0',
    ],
  ])('names the file and the place that is broken', (files, message) => {
    expect(() => loadTokenizer(files)).toThrow(new ModelError(message))
  })
})
