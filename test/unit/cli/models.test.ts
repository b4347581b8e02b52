import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { listModels, resolveModel } from '../../../src/cli/models.js'
import { bundledModels } from '../../../src/cli/paths.js'

describe('resolveModel', () => {
  it('finds a bundled model by its name', async () => {
    expect(await resolveModel('splade-tiny-en')).toBe(join(bundledModels, 'splade-tiny-en'))
  })

  it.each(['./my-model', '.', '..', '/srv/models/own', 'models/own'])(
    'takes %s for a folder',
    async (path) => {
      expect(await resolveModel(path)).toBe(path)
    },
  )

  it('names what there is where a name is unknown', async () => {
    const names = ['bm25', ...(await listModels()).map(({ name }) => name)].join(', ')
    await expect(resolveModel('splade-tiny')).rejects.toThrow(
      `model must be one of ${names}, or a folder such as ./my-model, received "splade-tiny"`,
    )
  })
})

describe('listModels', () => {
  it('lists folders with a model only', async () => {
    const bundled = (await listModels()).filter(({ origin }) => origin === 'bundled')
    expect(bundled).toContainEqual({
      name: 'splade-tiny-en',
      directory: join(bundledModels, 'splade-tiny-en'),
      origin: 'bundled',
    })
  })
})
