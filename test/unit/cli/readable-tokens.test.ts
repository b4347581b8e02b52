import { describe, expect, it } from '@jest/globals'
import { readableTokens } from '../../../src/cli/readable-tokens.js'
import type { Settings } from '../../../src/cli/settings.js'
import type { IndexMeta } from '../../../src/engine/index-meta.js'

const SETTINGS: Settings = { values: new Map(), configFile: undefined }
const metaOf = (name: string): IndexMeta => ({
  field: 'splade',
  textFields: ['text'],
  fieldType: 'rank_features',
  encoder: { name, fingerprint: 'f' },
})

describe('tokens as people read them', () => {
  it.each([
    ['splade-tiny-en', 'ing'],
    ['ko-en-mini', '##ing'],
    ['bm25', '##ing'],
  ])('follow the model that wrote the index: %s', async (model, readable) => {
    const read = await readableTokens(SETTINGS, metaOf(model))
    expect(read?.('##ing')).toBe(readable)
  })

  it('are not known without the model, unless its folder is named', async () => {
    expect(await readableTokens(SETTINGS, metaOf('elsewhere'))).toBeUndefined()
    const values = new Map([['model', { value: 'models/splade-tiny-en', source: 'command line' }]] as const)
    const read = await readableTokens({ ...SETTINGS, values }, metaOf('elsewhere'))
    expect(read?.('##ing')).toBe('ing')
  })
})
