import { describe, expect, it } from '@jest/globals'
import { ENGINE_IDS, engineSpec } from '../../../../src/engine/embedded/catalogue.js'
import { EmbeddedEngineError } from '../../../../src/errors.js'

describe('engineSpec', () => {
  it.each(ENGINE_IDS)('knows %s, built from the folder of its name', (id) => {
    const spec = engineSpec(id)
    expect(spec.id).toBe(id)
    expect(spec.sourceFolders[0]).toBe(id)
  })

  it('needs a newer Java for OpenSearch 3 than for OpenSearch 2', () => {
    expect(engineSpec('opensearch-3').minJava).toBe(21)
    expect(engineSpec('opensearch-2').minJava).toBe(17)
  })

  it('refuses an unknown name and lists the known ones', () => {
    expect(() => engineSpec('solr')).toThrow(EmbeddedEngineError)
    expect(() => engineSpec('solr')).toThrow('unknown engine "solr"; known are opensearch-3, opensearch-2')
  })
})
