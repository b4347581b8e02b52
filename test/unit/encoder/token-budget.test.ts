import { expect, it } from '@jest/globals'
import { TokenBudget } from '../../../src/encoder/token-budget.js'

const turn = (): Promise<void> => new Promise((resume) => setImmediate(resume))

/** Takes tokens and notes when they are granted. */
function asker(budget: TokenBudget): { granted: string[]; ask: (name: string, tokens: number) => void } {
  const granted: string[] = []
  return { granted, ask: (name, tokens) => void budget.take(tokens).then(() => granted.push(name)) }
}

it('grants what fits at once, and the rest in order as room becomes free', async () => {
  const budget = new TokenBudget(10)
  const { granted, ask } = asker(budget)
  ask('a', 6)
  ask('b', 5)
  ask('c', 1)
  await turn()
  expect(granted).toEqual(['a'])
  budget.give(6)
  await turn()
  expect(granted).toEqual(['a', 'b', 'c'])
})

it('lets through alone what is larger than the limit', async () => {
  const budget = new TokenBudget(10)
  const { granted, ask } = asker(budget)
  ask('small', 1)
  ask('large', 100)
  ask('behind', 1)
  await turn()
  expect(granted).toEqual(['small'])
  budget.give(1)
  await turn()
  expect(granted).toEqual(['small', 'large'])
  budget.give(100)
  await turn()
  expect(granted).toEqual(['small', 'large', 'behind'])
})
