import { describe, expect, it } from '@jest/globals'
import { pastSearchPipelines } from '../../../src/engine/search-pipelines.js'

describe('a search that passes by the search pipelines of an index', () => {
  it.each(['2.9.0', '2.19.1', '3.6.0'])('says so to OpenSearch %s', (version) => {
    expect(pastSearchPipelines({ distribution: 'opensearch', version })).toEqual({ search_pipeline: '_none' })
  })

  it.each([
    ['an OpenSearch without them', { distribution: 'opensearch', version: '2.8.0' }],
    ['Elasticsearch', { distribution: 'elasticsearch', version: '9.1.0' }],
    ['an engine that nobody knows', undefined],
  ] as const)('says nothing to %s, which would refuse the parameter', (_, info) => {
    expect(pastSearchPipelines(info)).toEqual({})
  })
})
