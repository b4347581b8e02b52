import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { member } from '../../../src/engine/json.js'
import { objectAt, readSetupFile } from '../../../src/engine/setup-files.js'

const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

describe('the files of mappings/', () => {
  it('have vectors that differ in the type of the field only', () => {
    const rankFeatures = text('mappings/vectors.rank-features.json')
    expect(rankFeatures).toContain('"type": "rank_features"')
    expect(text('mappings/vectors.sparse-vector.json')).toBe(
      rankFeatures.replace('rank_features', 'sparse_vector'),
    )
  })

  it('have a data stream that differs from documents by its time stamp', async () => {
    const documents = await readSetupFile('mappings/documents')
    const stream = await readSetupFile('mappings/data-stream')
    expect(stream.data_stream).toEqual({})
    const { '@timestamp': time, ...properties } = objectAt(stream, 'template', 'mappings', 'properties')
    expect(time).toEqual({ type: 'date' })
    expect(properties).toEqual(member(documents, 'template', 'mappings', 'properties'))
    expect(member(stream, 'template', 'settings')).toEqual(member(documents, 'template', 'settings'))
  })

  it.each(['documents', 'data-stream', 'side-fields', 'vectors.rank-features'] as const)(
    'say in %s which version they are, and whose',
    async (name) => {
      const file = await readSetupFile(`mappings/${name}`)
      expect(file.version).toEqual(expect.any(Number))
      expect(member(file, '_meta', 'managed_by')).toBe('splade-bridge')
    },
  )
})

describe('the guard of pipelines/', () => {
  it('carries the script that stands beside it', async () => {
    const [processor] = (await readSetupFile('pipelines/guard')).processors as readonly unknown[]
    expect(member(processor, 'script', 'source')).toBe(text('pipelines/guard.painless'))
  })
})
