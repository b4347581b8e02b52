import { describe, expect, it } from '@jest/globals'
import { arrayMember, member } from '../../../src/engine/json.js'
import {
  guardName,
  guardResource,
  templateName,
  templateResources,
  type TemplateTarget,
} from '../../../src/engine/setup-resources.js'

const META = {
  field: 'splade',
  textFields: ['text'],
  fieldType: 'sparse_vector',
  encoder: { name: 'model-a', fingerprint: 'aaaa' },
} as const
const stream = (name: string): TemplateTarget => ({ kind: 'data stream', name })
const template = (pattern: string): TemplateTarget => ({ kind: 'template', pattern })

describe('the name of a template', () => {
  it.each([
    [template('docs-*'), 'splade-bridge-docs'],
    [template('docs.*.ko-*'), 'splade-bridge-docs..ko'],
    [stream('docs-stream'), 'splade-bridge-docs-stream'],
  ])('of %j is %s', (target, name) => {
    expect(templateName(target)).toBe(name)
  })

  it.each([
    template('*'),
    template('-*'),
    template('a-*,b-*'),
    template('Docs-*'),
    template('.'),
    stream('docs-*'),
  ])('does not exist for %j', (target) => {
    expect(() => templateName(target)).toThrow('in lower case')
  })

  it('is in the name of its guard', () => {
    expect(guardName(templateName(template('docs-*')))).toBe('splade-bridge-docs-guard')
    expect(guardName('docs')).toBe('splade-bridge-docs-guard')
  })
})

describe('the parts of a template', () => {
  it('keep vectors in _source where the engine would leave them out', async () => {
    const settingsOf = async (version: string): Promise<unknown> => {
      const info = { distribution: 'elasticsearch', version } as const
      const [vectors] = await templateResources(info, {
        target: template('docs-*'),
        meta: META,
        pipelines: {},
      })
      return member(vectors?.body, 'template', 'settings', 'index')
    }
    expect(await settingsOf('9.1.0')).toBeUndefined()
    expect(await settingsOf('9.2.0')).toEqual({ 'mapping.exclude_source_vectors': false })
  })
})

describe('the guard', () => {
  it('knows every vector field, and where chunks have theirs', async () => {
    const longTexts = { longTexts: 'nested', chunkTokens: 64, chunkOverlap: 0 } as const
    const moreFields = [{ field: 'title_splade', textFields: ['title'] }]
    const { body } = await guardResource('guard', { ...META, moreFields, longTexts })
    expect(member(arrayMember(body, 'processors')[0], 'script', 'params')).toEqual({
      fields: ['splade', 'title_splade'],
      nested: true,
      weights: 'weights',
      limit: 20,
    })
  })
})
