import { describe, expect, it } from '@jest/globals'
import { stretchFinder } from '../../../src/explain/text-stretches.js'

const SENTENCE = "The car didn't start. 자동차가 시동이 안 걸린다. \n"

/** Words as [place, word], found by asking for each place of the text. */
function wordsByPlace(text: string): ReadonlyMap<number, string> {
  const stretchAt = stretchFinder(text)
  const words = new Map<number, string>()
  for (let place = 0; place < text.length; place++) {
    const { start, words: segments } = stretchAt(place)
    const found = segments.containing(place - start)
    if (found === undefined) throw new Error(`no word holds place ${place}`)
    words.set(start + found.index, found.segment)
  }
  return words
}

describe('stretchFinder', () => {
  it('gives the words of the whole text, each at its place', () => {
    const text = SENTENCE.repeat(100)
    const whole = new Intl.Segmenter('und', { granularity: 'word' }).segment(text)
    const expected = Array.from(whole, ({ index, segment }) => [index, segment] as const)
    // Cuts may part two spaces, which nothing stands in.
    const worded = ([, word]: readonly [number, string]): boolean => word.trim() !== ''
    expect([...wordsByPlace(text)].filter(worded)).toEqual(expected.filter(worded))
  })

  it('covers a text without white space, and parts no character', () => {
    const text = `x${'🚗'.repeat(2000)}`
    const words = [...wordsByPlace(text)]
    expect(words.map(([, word]) => word).join('')).toBe(text)
    expect(words.some(([, word]) => /\p{Surrogate}/u.test(word))).toBe(false)
  })

  it('looks at a long text as often as it has words, within the time of a test', () => {
    const text = SENTENCE.repeat(4000)
    const stretchAt = stretchFinder(text)
    const places = Array.from(text.matchAll(/car|start|자동차|시동|안/g), ({ index }) => index)
    expect(places).toHaveLength(20_000)
    const words = places.map((place) => {
      const stretch = stretchAt(place)
      return stretch.words.containing(place - stretch.start)?.segment
    })
    expect(new Set(words)).toEqual(new Set(['car', 'start', '자동차가', '시동이', '안']))
  })
})
