import { describe, expect, it } from '@jest/globals'
import { EngineAbilities, saysUnable } from '../../../../../src/proxy/rewrite/hybrid/engine-abilities.js'
import type { NativeForm } from '../../../../../src/proxy/rewrite/hybrid/hybrid-search.js'

describe('an engine that cannot fuse', () => {
  it.each<[NativeForm, number, string]>([
    ['hybrid', 400, 'unknown query [hybrid]'],
    ['hybrid', 400, 'no [query] registered for [hybrid]'],
    ['rrf', 400, 'Unknown key for a START_OBJECT in [retriever].'],
    ['linear', 400, 'unknown retriever [linear]'],
    ['rrf', 403, 'current license is non-compliant for [Reciprocal Rank Fusion (RRF)]'],
  ])('says so of %s: %d %s', (form, status, reason) => {
    expect(saysUnable(form, status, JSON.stringify({ error: { reason } }))).toBe(true)
  })

  it.each<[NativeForm, number, string]>([
    ['hybrid', 400, 'unknown query [unheard_of] did you mean [hybrid]?'],
    ['rrf', 400, 'unknown query [unheard_of]'],
    ['rrf', 400, 'Unknown key for a START_OBJECT in [unheard_of].'],
    ['hybrid', 500, 'unknown query [hybrid]'],
    ['linear', 403, 'action [indices:data/read/search] is unauthorized'],
  ])('is not one that says of %s: %d %s', (form, status, reason) => {
    expect(saysUnable(form, status, JSON.stringify({ error: { reason } }))).toBe(false)
  })
})

describe('what is known of search pipelines', () => {
  it('is remembered one by one', () => {
    const abilities = new EngineAbilities(60_000)
    abilities.learnPipeline('fuses', true)
    abilities.learnPipeline('does not', false)
    expect(['fuses', 'does not', 'another'].map((name) => abilities.knowsPipeline(name))).toEqual([
      true,
      false,
      undefined,
    ])
  })

  it('is not remembered where nothing of an index is to be', () => {
    const abilities = new EngineAbilities(0)
    abilities.learnPipeline('fuses', true)
    expect(abilities.knowsPipeline('fuses')).toBeUndefined()
  })
})
