import { describe, expect, it } from '@jest/globals'
import { begun, inBatches, mapAhead, mapStage, prefetch } from '../../../src/indexer/prefetch.js'

async function* counting(end: number, started: number[] = [], closed: string[] = []): AsyncGenerator<number> {
  try {
    for (let number = 0; number < end; number++) {
      started.push(number)
      yield await Promise.resolve(number)
    }
  } finally {
    closed.push('closed')
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** Lets everything run that can run without further input. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('prefetch', () => {
  it.each([1, 2, 10])('gives every item in order with depth %d', async (depth) => {
    expect(await collect(prefetch(counting(5), depth))).toEqual([0, 1, 2, 3, 4])
  })

  it('runs ahead of its reader by the depth and no further', async () => {
    const started: number[] = []
    const items = prefetch(counting(100, started), 3)
    await items.next()
    await settle()
    expect(started).toEqual([0, 1, 2, 3])
    await items.next()
    await settle()
    expect(started).toEqual([0, 1, 2, 3, 4])
    await items.return()
  })

  it('throws the error of the source after the items before it', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield await Promise.resolve(1)
      throw new Error('broken')
    }
    const items = prefetch(failing(), 5)
    expect(await items.next()).toEqual({ done: false, value: 1 })
    await settle()
    await expect(items.next()).rejects.toThrow('broken')
  })

  it('closes the source when its reader stops early', async () => {
    const closed: string[] = []
    for await (const item of prefetch(counting(100, [], closed), 4)) if (item === 2) break
    expect(closed).toEqual(['closed'])
  })

  it('closes the source through stages in a row', async () => {
    const closed: string[] = []
    const stages = prefetch(
      mapStage(inBatches(counting(100, [], closed), 3), (batch) => Promise.resolve(batch)),
      2,
    )
    await stages.next()
    await stages.return()
    expect(closed).toEqual(['closed'])
  })
})

describe('inBatches', () => {
  it.each([
    [0, []],
    [
      4,
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [5, [[0, 1], [2, 3], [4]]],
  ])('cuts %d items into pairs', async (count, expected) => {
    expect(await collect(inBatches(counting(count), 2))).toEqual(expected)
  })
})

describe('begun', () => {
  it('has the first item before the others are asked for, and gives all of them', async () => {
    const [started, closed]: [number[], string[]] = [[], []]
    const items = await begun(counting(3, started, closed))
    expect(started).toEqual([0])
    expect(await collect(items)).toEqual([0, 1, 2])
    expect(closed).toEqual(['closed'])
    expect(await collect(await begun(counting(0)))).toEqual([])
  })
})

describe('mapStage', () => {
  it('applies the stage to one item at a time, in order', async () => {
    let running = 0
    const stage = async (item: number): Promise<number> => {
      expect(++running).toBe(1)
      await settle()
      running--
      return item * 10
    }
    expect(await collect(mapStage(counting(3), stage))).toEqual([0, 10, 20])
  })
})

describe('mapAhead', () => {
  it.each([1, 2, 3])('runs %d stages at a time, and gives their results in order', async (depth) => {
    let running = 0
    let most = 0
    const stage = async (item: number): Promise<number> => {
      most = Math.max(most, ++running)
      for (let turn = 0; turn < 10 - item; turn++) await settle()
      running--
      return item * 10
    }
    expect(await collect(mapAhead(counting(7), depth, stage))).toEqual([0, 10, 20, 30, 40, 50, 60])
    expect(most).toBe(depth)
  })

  it('throws the error of a stage after the results before it, and closes the source', async () => {
    const closed: string[] = []
    const stage = (item: number): Promise<number> =>
      item === 2 ? Promise.reject(new Error('broken')) : Promise.resolve(item)
    const items = mapAhead(counting(9, [], closed), 2, stage)
    expect([(await items.next()).value, (await items.next()).value]).toEqual([0, 1])
    await expect(items.next()).rejects.toThrow('broken')
    expect(closed).toEqual(['closed'])
  })
})
