import { describe, expect, it } from '@jest/globals'
import { InputError } from '../../../../../src/errors.js'
import {
  parseRewriteConfig,
  readRewriteConfig,
} from '../../../../../src/proxy/rewrite/config/rewrite-config.js'

const WHOLE = `
rules:
  - name: articles
    indices: ['articles-*', news]
    fields: [title, text]
    mode: replace
    shadow: true
    boost: 0.5
    vectorField: splade
modelNames: [.elser-2]
writeIndices: ['articles-*']
twoPhase: { byDefault: true, ratio: 0.3, expansion: 4, maxWindow: 500 }
onEncoderFailure: full-text
encodeTimeoutMs: 500
maxPendingQueries: 8
mappingCacheMs: 0
`

describe('a file with rules', () => {
  it('holds every option', () => {
    expect(parseRewriteConfig('proxy.yaml', WHOLE)).toEqual({
      rules: [
        {
          name: 'articles',
          indices: ['articles-*', 'news'],
          fields: ['title', 'text'],
          mode: 'replace',
          shadow: true,
          boost: 0.5,
          vectorField: 'splade',
        },
      ],
      modelNames: ['.elser-2'],
      writeIndices: ['articles-*'],
      twoPhase: { byDefault: true, ratio: 0.3, expansion: 4, maxWindow: 500 },
      onEncoderFailure: 'full-text',
      encodeTimeoutMs: 500,
      maxPendingQueries: 8,
      mappingCacheMs: 0,
    })
  })

  it('may be JSON, or empty', () => {
    expect(parseRewriteConfig('proxy.json', '{"modelNames": ["a"]}')).toEqual({ modelNames: ['a'] })
    expect(parseRewriteConfig('proxy.yaml', '')).toEqual({})
  })

  it.each([
    ['a: [', /^proxy\.yaml:1: is not valid YAML/],
    ['\nrule: []', /^proxy\.yaml:2: rule is not known here; known are rules, modelNames/],
    ['[]', /^proxy\.yaml:1: the file must be a mapping, received a list$/],
    [
      'rules:\n  - name: a\n    indices: b\n    fields: [c]',
      /^proxy\.yaml:3: rules\[0\]\.indices must be a list, received "b"$/,
    ],
    ['rules:\n  - name: a\n    fields: [c]', /^proxy\.yaml:2: rules\[0\] must have indices/],
    [
      'rules:\n  - {name: a, indices: [b], fields: [c], mode: both}',
      /^proxy\.yaml:2: rules\[0\]\.mode must be add or replace, received "both"$/,
    ],
    [
      'rules:\n  - {name: a, indices: [b], fields: [c], boost: -1}',
      /^proxy\.yaml:2: rules\[0\] cannot be used: rule "a": boost must be/,
    ],
    [
      'rules:\n  - {name: a, indices: [b], fields: [c], bost: 1}',
      /^proxy\.yaml:2: rules\[0\]\.bost is not known here/,
    ],
    [
      'twoPhase:\n  ratio: 2',
      /^proxy\.yaml:2: twoPhase cannot be used: twoPhase\.ratio must be a number from 0 to 1, received 2/,
    ],
    [
      'onEncoderFailure: retry',
      /^proxy\.yaml:1: onEncoderFailure must be refuse or full-text, received "retry"$/,
    ],
    [
      '\n\nencodeTimeoutMs: 0',
      /^proxy\.yaml:3: encodeTimeoutMs cannot be used: encodeTimeoutMs must be an integer >= 1, received 0/,
    ],
    ['mappingCacheMs: soon', /^proxy\.yaml:1: mappingCacheMs must be a number, received "soon"$/],
    ['modelNames: [1]', /^proxy\.yaml:1: modelNames\[0\] must be a text, received 1$/],
    ['twoPhase:', /^proxy\.yaml:1: twoPhase must be a mapping, received null$/],
    [
      'rules:\n  - {name: a, indices: [b], fields: [c]}\n  - {name: a, indices: [d], fields: [c]}',
      /^proxy\.yaml:2: rules cannot be used: rules must each have a name of their own, received "a"$/,
    ],
  ])('is refused for %j', (text, message) => {
    expect(() => parseRewriteConfig('proxy.yaml', text)).toThrow(message)
  })

  it('is refused where it is not there', async () => {
    const reading = readRewriteConfig('missing/proxy.yaml')
    await expect(reading).rejects.toThrow(InputError)
    await expect(reading).rejects.toThrow(/^missing\/proxy\.yaml: cannot be read/)
  })
})
