import { describe, expect, it } from '@jest/globals'
import { BoundedCache } from '../../../src/tokenizer/bounded-cache.js'

function countingCache(generationSize: number): { cache: BoundedCache<string>; computed: string[] } {
  const computed: string[] = []
  const compute = (key: string): string => {
    computed.push(key)
    return key.toUpperCase()
  }
  return { cache: new BoundedCache(compute, generationSize), computed }
}

describe('BoundedCache', () => {
  it('computes a value once', () => {
    const { cache, computed } = countingCache(4)
    expect([cache.get('a'), cache.get('a'), cache.get('b')]).toEqual(['A', 'A', 'B'])
    expect(computed).toEqual(['a', 'b'])
  })

  it('holds at most two generations', () => {
    const { cache } = countingCache(3)
    for (let index = 0; index < 100; index++) cache.get(`key ${index}`)
    expect(cache.size).toBeLessThanOrEqual(6)
  })

  it('keeps what is used again and again', () => {
    const { cache, computed } = countingCache(3)
    for (let index = 0; index < 20; index++) {
      cache.get('hot')
      cache.get(`cold ${index}`)
    }
    expect(computed.filter((key) => key === 'hot')).toHaveLength(1)
  })

  it('forgets what was not used for two generations', () => {
    const { cache, computed } = countingCache(2)
    for (const key of ['old', 'a', 'b', 'c', 'd', 'e', 'old']) cache.get(key)
    expect(computed.filter((key) => key === 'old')).toHaveLength(2)
  })

  it('does not hold long keys', () => {
    const { cache } = countingCache(3)
    expect(cache.get('x'.repeat(1000))).toBe('X'.repeat(1000))
    expect(cache.size).toBe(0)
  })

  it('takes lone surrogates for the keys that they are', () => {
    const { cache } = countingCache(3)
    expect(cache.get('\ud800')).toBe('\ud800')
    expect(cache.get('\ufffd')).toBe('\ufffd')
    expect(cache.get('\ud800')).toBe('\ud800')
  })
})
