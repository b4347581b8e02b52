import { describe, expect, it } from '@jest/globals'
import type { EngineId } from '../../../../src/engine/embedded/catalogue.js'
import { defaultFieldType, ENGINES, testEngine, uniqueName } from '../../../engines.js'
import { send } from './send.js'

interface Analysis {
  readonly tokens: readonly { readonly token: string }[]
}

async function analyze(url: string, request: object): Promise<readonly string[]> {
  const { tokens } = (await send('POST', `${url}/_analyze`, request)) as Analysis
  return tokens.map(({ token }) => token)
}

const itWhereAllModulesArePublished = (id: EngineId) =>
  id === 'opensearch-3' || id === 'opensearch-2' ? it : it.skip

describe.each(ENGINES)('%s', (id) => {
  const { url, version } = testEngine(id)

  it('is the release that its name promises', async () => {
    const { nodes } = (await send('GET', `${url}/_nodes/_local`)) as { readonly nodes: object }
    expect(Object.values(nodes)).toEqual([expect.objectContaining({ version })])
    expect(version.split('.')[0]).toBe(id.split('-')[1])
  })

  it('listens on the loopback address only', async () => {
    const query = 'filter_path=nodes.*.*.bound_address'
    const bound = JSON.stringify(await send('GET', `${url}/_nodes/_local/http,transport?${query}`))
    const addresses = [...bound.matchAll(/"([^"]+):\d+"/g)].map(([, address]) => address)
    expect(addresses).toEqual(['127.0.0.1', '127.0.0.1'])
  })

  it('cuts Korean into morphemes and drops particles and endings with the nori analyzer', async () => {
    const tokens = await analyze(url, { analyzer: 'nori', text: '서울에서 지하철을 탔습니다' })
    expect(tokens).toEqual(['서울', '지하', '철', '타'])
  })

  it('takes compound mode, own words and stop tags for custom Korean analyzers', async () => {
    const tokens = await analyze(url, {
      tokenizer: {
        type: 'nori_tokenizer',
        decompound_mode: 'mixed',
        user_dictionary_rules: ['희소벡터 희소 벡터'],
      },
      filter: [{ type: 'nori_part_of_speech', stoptags: ['JKO'] }],
      text: '희소벡터를 찾는다',
    })
    expect(tokens).toEqual(['희소벡터', '희소', '벡터', '찾', '는다'])
  })

  it('reads Chinese characters and Korean numbers with the nori filters', async () => {
    const reading = { tokenizer: 'nori_tokenizer', filter: ['nori_readingform'], text: '漢字' }
    expect(await analyze(url, reading)).toEqual(['한자'])
    const number = {
      tokenizer: { type: 'nori_tokenizer', discard_punctuation: false },
      filter: ['nori_number'],
      text: '3천2백',
    }
    expect(await analyze(url, number)).toEqual(['3200'])
  })

  it('scores a query by the sum of query weight x stored weight', async () => {
    const index = uniqueName('linear')
    const fieldType = defaultFieldType(id)
    await send('PUT', `${url}/${index}`, { mappings: { properties: { weights: { type: fieldType } } } })
    await send('PUT', `${url}/${index}/_doc/a?refresh=true`, { weights: { harbour: 1.5, ship: 0.25 } })
    await send('PUT', `${url}/${index}/_doc/b?refresh=true`, { weights: { harbour: 0.5 } })
    const query = {
      rank_features: { rank_feature: { field: 'weights.harbour', linear: {}, boost: 2 } },
      sparse_vector: { sparse_vector: { field: 'weights', query_vector: { harbour: 2 }, prune: false } },
    }[fieldType]
    const hits = [
      { _id: 'a', _score: 3 },
      { _id: 'b', _score: 1 },
    ]
    expect(await send('POST', `${url}/${index}/_search`, { query })).toMatchObject({ hits: { hits } })
    await send('DELETE', `${url}/${index}`)
  })

  itWhereAllModulesArePublished(id)('runs the modules that the bridge and its users build on', async () => {
    const index = uniqueName('modules')
    const copy = uniqueName('copy')
    const pipeline = uniqueName('pipeline')
    const search = { request_processors: [{ filter_query: { query: { term: { kind: 'b' } } } }] }
    await send('PUT', `${url}/_ingest/pipeline/${pipeline}`, {
      processors: [{ set: { field: 'kind', value: 'b' } }, { script: { source: 'ctx.size = 1 + 1' } }],
    })
    await send('PUT', `${url}/_search/pipeline/${pipeline}`, search)
    await send('PUT', `${url}/${index}/_doc/1?refresh=true&pipeline=${pipeline}`, {})
    await send('POST', `${url}/_reindex?refresh=true`, { source: { index }, dest: { index: copy } })
    expect(await send('GET', `${url}/${copy}/_search?search_pipeline=${pipeline}`)).toMatchObject({
      hits: { total: { value: 1 }, hits: [{ _source: { kind: 'b', size: 2 } }] },
    })
    const template = { source: { query: { term: { kind: '{{kind}}' } } }, params: { kind: 'b' } }
    expect(await send('POST', `${url}/${copy}/_search/template`, template)).toMatchObject({
      hits: { total: { value: 1 } },
    })
    const request = { query: { match_all: {} } }
    const ratings = [{ _index: copy, _id: '1', rating: 1 }]
    const evaluation = { requests: [{ id: 'q', request, ratings }], metric: { dcg: { normalize: true } } }
    expect(await send('POST', `${url}/${copy}/_rank_eval`, evaluation)).toMatchObject({ metric_score: 1 })
    await send('DELETE', `${url}/${index},${copy}`)
    await send('DELETE', `${url}/_search/pipeline/${pipeline}`)
    await send('DELETE', `${url}/_ingest/pipeline/${pipeline}`)
  })
})
