import { describe, expect, it } from '@jest/globals'
import { ENGINE_IDS, engineSpec } from '../../../../src/engine/embedded/catalogue.js'
import { EmbeddedEngineError } from '../../../../src/errors.js'

describe('engineSpec', () => {
  it.each(ENGINE_IDS)('knows %s, built from the folder of its name', (id) => {
    const spec = engineSpec(id)
    expect(spec.id).toBe(id)
    expect(spec.sourceFolders[0]).toBe(id)
  })

  it.each([
    ['opensearch-3', 21],
    ['opensearch-2', 17],
    ['opensearch-1', 17],
    ['elasticsearch-9', 21],
    ['elasticsearch-8', 17],
    ['elasticsearch-7', 17],
    ['opensearch-3-neural', 21],
  ])('runs %s on Java %i and newer', (id, minJava) => {
    expect(engineSpec(id).minJava).toBe(minJava)
  })

  it('refuses an unknown name and lists the known ones', () => {
    expect(() => engineSpec('solr')).toThrow(EmbeddedEngineError)
    expect(() => engineSpec('solr')).toThrow('unknown engine "solr"; known are opensearch-3, opensearch-2,')
  })
})
