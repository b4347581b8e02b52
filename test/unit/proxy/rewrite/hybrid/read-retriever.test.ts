import { describe, expect, it } from '@jest/globals'
import { readRetriever } from '../../../../../src/proxy/rewrite/hybrid/read-retriever.js'
import { readJson } from '../../../../../src/proxy/rewrite/rewrite-body.js'

const read = (retriever: object) => {
  const source = readJson(JSON.stringify({ retriever }))
  return source && readRetriever(source)
}
const child = { standard: { query: { match_all: {} } } }

// Each as Elasticsearch 9.5.3 does it under a licence.
describe('retrievers without options', () => {
  it('rrf: ranks of ten hits of each part, and a page of that many', () => {
    expect(read({ rrf: { retrievers: [child, child] } })).toMatchObject({
      parts: [{ member: '"query":{"match_all":{}}', weight: 1 }, { weight: 1 }],
      fusion: { kind: 'rrf', rankConstant: 60 },
      windowSize: 10,
      isCut: true,
    })
  })

  it('linear: scores as they are, added up', () => {
    const children = [{ retriever: child }, { retriever: child, weight: 2, normalizer: 'minmax' }]
    expect(read({ linear: { retrievers: children } })).toMatchObject({
      parts: [
        { weight: 1, normalization: 'none' },
        { weight: 2, normalization: 'minmax' },
      ],
      fusion: { kind: 'weighted', isMean: false },
      windowSize: 10,
      isCut: true,
    })
  })
})
