import { describe, expect, it } from '@jest/globals'
import { makeSnippet, type MarkedToken, type Snippet } from '../../../src/explain/snippet.js'

const contribution = (_token: string, value: number, ...spans: [number, number][]): MarkedToken => ({
  contribution: value,
  spans,
})

const show = ({ cutBefore, cutAfter, pieces }: Snippet): string =>
  `${cutBefore ? '…' : ''}${pieces.map(({ text, highlighted }) => (highlighted ? `<${text}>` : text)).join('')}${cutAfter ? '…' : ''}`

describe('makeSnippet', () => {
  it('keeps a short text whole and marks its tokens', () => {
    expect(show(makeSnippet('the car stopped', [contribution('car', 1, [4, 7])], 100))).toBe(
      'the <car> stopped',
    )
  })

  it('joins overlapping and touching marks', () => {
    const tokens = [
      contribution('대한', 1, [0, 2]),
      contribution('한민', 1, [1, 3]),
      contribution('국', 1, [3, 4]),
    ]
    expect(show(makeSnippet('대한민국의 수도', tokens, 100))).toBe('<대한민국>의 수도')
  })

  it('cuts the window where most of the score comes from', () => {
    const text = `${'filler '.repeat(50)}the battery failed ${'filler '.repeat(50)}`
    const place = text.indexOf('battery')
    const snippet = show(
      makeSnippet(
        text,
        [contribution('filler', 0.1, [0, 6]), contribution('battery', 3, [place, place + 7])],
        40,
      ),
    )
    expect(snippet).toContain('<battery> failed')
    expect(snippet.startsWith('…')).toBe(true)
    expect(snippet.endsWith('…')).toBe(true)
    expect(snippet.length).toBeLessThan(80)
  })

  it('stays in the part that it is told to', () => {
    const text = 'The first chunk has a car. The second chunk has a car, too. The third has none.'
    const car = contribution('car', 1, [22, 25], [50, 53])
    expect(show(makeSnippet(text, [car], 100, [27, 59]))).toBe('…The second chunk has a <car>, too.…')
    expect(show(makeSnippet(text, [car], 10, [27, 59]))).toBe('…<car>, too.…')
    expect(show(makeSnippet(text, [], 10, [60, 79]))).toBe('…The third…')
  })

  it('counts a repeated token once when it weighs windows', () => {
    const text = `${'car '.repeat(20)}${'x'.repeat(100)} engine oil`
    const cars = Array.from({ length: 20 }, (_, i): [number, number] => [4 * i, 4 * i + 3])
    const engine = text.indexOf('engine')
    const snippet = makeSnippet(
      text,
      [contribution('car', 1, ...cars), contribution('engine', 1.5, [engine, engine + 6])],
      40,
    )
    expect(show(snippet)).toContain('<engine> oil')
  })

  it('shows the beginning of a text in which nothing stands literally', () => {
    expect(show(makeSnippet('a long text '.repeat(20), [contribution('vehicle', 2)], 30))).toMatch(
      /^a long text/,
    )
  })

  it.each([0, 1])('never shows half of a character, in a text of %i letters and then emoji', (letters) => {
    const text = 'x'.repeat(letters) + '😀'.repeat(200)
    for (let at = letters; at < 120; at += 2)
      for (const length of [40, 41]) {
        const { pieces } = makeSnippet(text, [contribution('😀', 1, [at, at + 2])], length)
        expect(pieces.map((piece) => piece.text).join('')).not.toMatch(/\p{Cs}/u)
      }
  })

  it('loses no character of a text that fits', () => {
    const text = '한국어 text with 😀 emoji'
    const { pieces } = makeSnippet(
      text,
      [contribution('text', 1, [4, 8]), contribution('😀', 1, [14, 16])],
      100,
    )
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
  })
})
