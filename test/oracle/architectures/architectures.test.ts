import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { createSession, type TermWeights } from '../../../src/inference/splade-session.js'
import { loadModelBundle } from '../../../src/model/bundle.js'

interface Entry {
  readonly ids: readonly number[]
  /** Heaviest first: all terms of a short text, some of a long one. */
  readonly terms: readonly number[]
  readonly weights: readonly number[]
  /** Of all weights. */
  readonly sum: number
}

const TOLERANCE = 1e-4
const LONGEST_PADDED = 700

const folder = fileURLToPath(new URL('models', import.meta.url))

describe.each(readdirSync(folder))('%s', (model) => {
  const directory = join(folder, model)
  const { entries } = JSON.parse(readFileSync(join(directory, 'expected.json'), 'utf8')) as {
    entries: readonly Entry[]
  }

  it.each(entries.map((entry) => [entry.ids.length, entry] as const))(
    'gives the reference weights to a text of %i tokens',
    async (_, entry) => {
      const session = await createSession(await loadModelBundle(directory))
      const [weights] = await session.run([Int32Array.from(entry.ids)])
      await session.close()
      expectSameWeights(weights!, entry)
    },
  )

  it('gives the reference weights to a padded batch of texts', async () => {
    const session = await createSession(await loadModelBundle(directory), { padded: true })
    const batch = entries.filter(({ ids }) => ids.length <= LONGEST_PADDED)
    const weights = await session.run(batch.map(({ ids }) => Int32Array.from(ids)))
    await session.close()
    expect(new Set(batch.map(({ ids }) => ids.length)).size).toBeGreaterThan(5)
    batch.forEach((entry, index) => {
      expectSameWeights(weights[index]!, entry)
    })
  })
})

/** Sums over the tokens of a long text are large; their tolerance grows with them. */
function expectSameWeights(received: TermWeights, { ids, terms, weights, sum }: Entry): void {
  const byTerm = new Map([...received.tokenIds].map((id, index) => [id, received.weights[index]!]))
  terms.forEach((term, index) => {
    const expected = weights[index]!
    const difference = Math.abs((byTerm.get(term) ?? 0) - expected)
    if (!(difference <= TOLERANCE * Math.max(1, expected))) {
      throw new Error(`${ids.length} tokens: term ${term} of weight ${expected} differs by ${difference}`)
    }
  })
  const total = received.weights.reduce((left, right) => left + right, 0)
  expect(Math.abs(total - sum)).toBeLessThan(TOLERANCE * Math.max(received.weights.length, sum))
}
