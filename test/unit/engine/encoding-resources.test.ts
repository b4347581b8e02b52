import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  encodingResources,
  searchPipelineName,
  searchPipelineResource,
} from '../../../src/engine/encoding-resources.js'
import type { IndexMeta } from '../../../src/engine/index-meta.js'
import { member } from '../../../src/engine/json.js'
import { readSetupFile } from '../../../src/engine/setup-files.js'

const META: IndexMeta = {
  field: 'splade',
  textFields: ['title', 'text'],
  fieldType: 'rank_features',
  encoder: { name: 'model-a', fingerprint: 'aaaa' },
}
const ENCODER = { address: 'http://encoder.example.com:8080/', hasKey: false }

describe('the resources of an engine that encodes', () => {
  it('are a model for documents, one for queries and a pipeline for documents', async () => {
    const resources = await encodingResources('docs', META, ENCODER, undefined)
    expect(resources.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'model splade-bridge-docs-document',
      'model splade-bridge-docs-query',
      'ingest pipeline splade-bridge-docs-encode',
    ])
    const parameters = resources.slice(0, 2).map(({ body }) => member(body, 'connector', 'parameters'))
    expect(parameters).toEqual([
      { endpoint: 'http://encoder.example.com:8080', prompt_name: 'document' },
      { endpoint: 'http://encoder.example.com:8080', prompt_name: 'query' },
    ])
  })

  it('send a key only where there is one', async () => {
    const shown = async (hasKey: boolean): Promise<string> =>
      JSON.stringify((await encodingResources('docs', META, { ...ENCODER, hasKey }, undefined))[0])
    expect(await shown(true)).toContain('"credential":{"key":"(key of the encoder server)"}')
    expect(await shown(true)).toContain('Bearer ${credential.key}')
    expect(await shown(false)).not.toMatch(/credential|authorization/)
  })

  it('fill every vector field from texts of its own, before the guard', async () => {
    const more = { ...META, moreFields: [{ field: 'title_splade', textFields: ['title'] }] }
    const [, , pipeline] = await encodingResources('docs', more, ENCODER, 'the-guard')
    const [gather, encode, tidy, guard] = pipeline!.body.processors as readonly unknown[]
    expect(member(gather, 'script', 'params', 'targets')).toEqual([
      { field: 'splade', fields: ['title', 'text'], text: 'splade_bridge_text_0' },
      { field: 'title_splade', fields: ['title'], text: 'splade_bridge_text_1' },
    ])
    expect(member(encode, 'sparse_encoding', 'field_map')).toEqual({
      splade_bridge_text_0: 'splade',
      splade_bridge_text_1: 'title_splade',
    })
    expect(member(tidy, 'remove', 'field')).toEqual(['splade_bridge_text_0', 'splade_bridge_text_1'])
    expect(guard).toEqual({ pipeline: { name: 'the-guard' } })
  })

  it.each([
    [
      { textFields: ['title^2', 'text'] },
      'text fields without weights and templates, received "title^2, text"',
    ],
    [{ template: '{{title}}', textFields: ['title'] }, 'without weights and templates, received "{{title}}"'],
    [{ field: 'meta.splade' }, 'vector fields without a dot in their names, received "meta.splade"'],
    [
      { longTexts: { longTexts: 'nested', chunkTokens: 64, chunkOverlap: 0 } as const },
      'makes one vector of a document, not one for each chunk of a long text',
    ],
  ])('are refused for %j', async (more, reason) => {
    await expect(encodingResources('docs', { ...META, ...more }, ENCODER, undefined)).rejects.toThrow(reason)
  })
})

describe('the pipeline of searches', () => {
  const info = { distribution: 'opensearch', version: '2.15.0' } as const

  it('has what was asked for', async () => {
    const kinds = async (namesModel: boolean, ranks: boolean): Promise<readonly string[]> => {
      const { name, body } = await searchPipelineResource(info, 'docs', META, { namesModel, ranks })
      expect(name).toBe(searchPipelineName('docs'))
      const processors = [body.request_processors ?? [], body.phase_results_processors ?? []].flat()
      return processors.flatMap((processor) => Object.keys(processor))
    }
    expect(await kinds(true, false)).toEqual(['neural_query_enricher'])
    const ranking = ['neural_sparse_two_phase_processor', 'normalization-processor']
    expect(await kinds(false, true)).toEqual(ranking)
    expect(await kinds(true, true)).toEqual(['neural_query_enricher', ...ranking])
  })

  it.each([
    { distribution: 'opensearch', version: '2.14.0' },
    { distribution: 'elasticsearch', version: '9.1.0' },
  ] as const)('is refused on %j', async (other) => {
    const made = searchPipelineResource(other, 'docs', META, { namesModel: false, ranks: true })
    await expect(made).rejects.toThrow(`${other.distribution} ${other.version} has no search pipelines`)
  })
})

describe('pipelines/encode.json', () => {
  it('carries the script that stands beside it', async () => {
    const [gather] = (await readSetupFile('pipelines/encode')).processors as readonly unknown[]
    const script = readFileSync(new URL('../../../pipelines/encode.painless', import.meta.url), 'utf8')
    expect(member(gather, 'script', 'source')).toBe(script)
  })
})
