import { expect, it } from '@jest/globals'
import { ChunkVectors } from '../../../src/encoder/chunk-vectors.js'

const later = <Value>(value: Value, turns: number): Promise<Value> =>
  turns === 0
    ? Promise.resolve(value)
    : new Promise((resume) => setImmediate(resume)).then(() => later(value, turns - 1))

it('puts chunks in order whichever arrives first', async () => {
  const vectors = new ChunkVectors(true)
  vectors.expect([0, 5], later(new Map([['a', 1]]), 2))
  vectors.expect([5, 9], later(new Map([['b', 2]]), 0))
  await vectors.settled()
  expect(vectors.chunks((vector) => vector)).toEqual([
    { span: [0, 5], vector: new Map([['a', 1]]) },
    { span: [5, 9], vector: new Map([['b', 2]]) },
  ])
  expect([...vectors.merged()]).toEqual([
    ['b', 2],
    ['a', 1],
  ])
})

it('keeps only the largest weights where chunks are not wanted', async () => {
  const vectors = new ChunkVectors(false)
  vectors.expect([0, 5], Promise.resolve(new Map([['a', 1]])))
  await vectors.settled()
  expect(vectors.chunks((vector) => vector)).toEqual([])
  expect(vectors.merged()).toEqual(new Map([['a', 1]]))
})

it('tells of a failure, early and at the end', async () => {
  const vectors = new ChunkVectors(false)
  vectors.expect([0, 5], Promise.reject(new Error('out of memory')))
  expect(vectors.hasFailed).toBe(false)
  await later(undefined, 1)
  expect(vectors.hasFailed).toBe(true)
  await expect(vectors.settled()).rejects.toThrow('out of memory')
})
