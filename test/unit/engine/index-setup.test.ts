import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const template = (name: string): string =>
  readFileSync(new URL(`../../../mappings/${name}.json`, import.meta.url), 'utf8')

describe('the templates of mappings/', () => {
  it('differ in the type of the sparse field only', () => {
    const rankFeatures = template('documents')
    expect(rankFeatures).toContain('"splade": { "type": "rank_features" }')
    expect(template('documents-sparse-vector')).toBe(rankFeatures.replace('rank_features', 'sparse_vector'))
  })
})
