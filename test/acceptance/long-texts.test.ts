import { beforeAll, describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { onlyJson, useCliHome } from './cli-process.js'

interface NestedHit {
  readonly id: string
  readonly source: { readonly text: string }
  readonly chunk: { readonly start: number; readonly end: number; readonly text: string }
  readonly tokens: readonly {
    readonly token: string
    readonly spans: readonly (readonly [number, number])[]
  }[]
}

const [ENGINE = 'opensearch-3'] = ENGINES
const CAR = 'My car does not start because the battery is dead.'
const LONG = `${'The sun shines on the sea. '.repeat(12)}${CAR} ${'Snow falls in winter. '.repeat(12)}`.trim()

describe('texts longer than the model reads', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()
  const index = uniqueName('accept-long')
  const nested = ['--long-texts', 'nested', '--chunk-tokens', '32', '--chunk-overlap', '4']
  const at = ['--url', url, '--index', index, '--model', 'splade-tiny-en']

  beforeAll(async () => {
    const records = [
      { _id: 'long', text: LONG },
      { _id: 'short', text: 'Green tea grows on hills.' },
    ]
    await home.write('docs.jsonl', records)
  })

  it('are counted by index', async () => {
    const { code, out, err } = await home.run(['index', ...at, ...nested, '--json', 'docs.jsonl'])
    expect(code).toBe(0)
    const counts = JSON.parse(out) as Record<string, number>
    expect(counts).toMatchObject({ read: 2, indexed: 2, chunked: 1, truncated: 0 })
    expect(counts.chunks).toBeGreaterThan(5)
    expect(err).toContain(
      `1 of 2 documents were longer than splade-tiny-en reads at once: encoded in ${counts.chunks} chunks.`,
    )
  })

  it('are found by the chunk that matches, which search names', async () => {
    const { hits } = onlyJson(await home.run(['search', ...at, '--json', 'my car does not start'])) as {
      readonly hits: readonly NestedHit[]
    }
    const [best] = hits
    expect(best?.id).toBe('long')
    expect(best?.chunk.text).toContain(CAR)
    expect(best?.chunk.text).toBe(best?.source.text.slice(best.chunk.start, best.chunk.end))
    const car = best?.tokens.find(({ token }) => token === 'car')
    expect(car?.spans).toEqual([[LONG.indexOf('car'), LONG.indexOf('car') + 3]])
  })

  it('are shown where they match', async () => {
    const { out } = await home.run(['search', ...at, 'my car does not start'])
    expect(out).toMatch(/long, characters \d+-\d+ of \d+/)
    expect(out).toMatch(/\[car\] .*\[start\]/)
  })

  it('are explained by the chunk that matches, which explain names and speaks of alone', async () => {
    const query = 'my car does not start snow'
    const { out } = await home.run(['explain', ...at, query, 'long'])
    expect(out).toMatch(/long of \S+, characters \d+-\d+ of \d+, splade-tiny-en\n/)
    expect(out).toMatch(/\n {2}not in this chunk: \S/)
    expect(out).not.toContain('not in the document')
    const { out: short } = await home.run(['explain', ...at, 'green car', 'short'])
    expect(short).toMatch(/\n {2}not in the document: .*\bcar /)
    expect(short).not.toContain('characters')
  })

  it('are treated as the index was begun, by later runs', async () => {
    const again = await home.run(['index', ...at, '--json', 'docs.jsonl'])
    expect(onlyJson(again)).toMatchObject({ indexed: 0, unchanged: 2 })
    const other = await home.run(['index', ...at, '--long-texts', 'merge', 'docs.jsonl'])
    expect(other.code).toBe(1)
    expect(other.err).toMatch(/was created with long texts nested .* leave --long-texts/)
  })

  it('are merged where nobody says otherwise, and cut and counted where that is asked', async () => {
    const long = `${'word '.repeat(700)}volcano`
    const tokensOf = async (...flags: string[]): Promise<readonly [string, string]> => {
      const { out, err } = await home.run(['encode', '--model', 'splade-tiny-en', '--json', ...flags], {
        input: long,
      })
      return [out, err]
    }
    const [merged, note] = await tokensOf()
    expect(merged).toContain('"volcano":')
    expect(note).toContain('1 of 1 texts were longer than splade-tiny-en reads at once: encoded in 2 chunks.')
    const [cut, warning] = await tokensOf('--long-texts', 'truncate')
    expect(cut).not.toContain('"volcano":')
    expect(warning).toContain('1 of 1 texts were longer than splade-tiny-en reads; their ends were left out.')
    const [chunks] = await tokensOf('--long-texts', 'nested')
    expect((JSON.parse(chunks) as { chunks: unknown[] }).chunks).toHaveLength(2)
  })

  it.each([
    [['--model', 'bm25', '--long-texts', 'merge'], 'do not apply to bm25'],
    [['--long-texts', 'split'], 'Allowed choices are merge, nested, truncate'],
    [
      ['--chunk-tokens', '600'],
      "--chunk-tokens must be a whole number from 3 to 512, the model's limit, received 600",
    ],
    [
      ['--chunk-tokens', '64', '--chunk-overlap', '32'],
      '--chunk-overlap must be a whole number from 0 to 31',
    ],
  ])('are refused in a way that cannot be: %j', async (flags, message) => {
    const result = await home.run(['encode', '--model', 'splade-tiny-en', ...flags, 'text'])
    expect(result).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) })
  })
})
