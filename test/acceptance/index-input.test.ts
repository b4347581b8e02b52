import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { startFaultProxy } from '../fault-proxy.js'
import { EXAMPLES, onlyJson, toJsonLines, useCliHome } from './cli-process.js'
import { countDocuments, untilDocuments } from './engine-documents.js'

const [ENGINE = 'opensearch-3'] = ENGINES

function numbered(count: number, first = 0): readonly object[] {
  return Array.from({ length: count }, (_, position) => ({
    _id: `d${first + position}`,
    text: `document number ${first + position}`,
  }))
}

describe('what index reads', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()
  const command = (index: string, ...args: string[]): readonly string[] => [
    'index',
    ...['--url', url, '--index', index, '--model', 'bm25'],
    ...args,
  ]

  it('takes documents from standard input, with their ids', async () => {
    const index = uniqueName('accept-stdin')
    const result = await home.run(command(index, '--json', '-'), { input: toJsonLines(numbered(3)) })
    expect(onlyJson(result)).toMatchObject({ read: 3, indexed: 3 })
    const stored = (await (await fetch(`${url}/${index}/_source/d1`)).json()) as object
    expect(stored).toMatchObject({ text: 'document number 1' })
  })

  it('stops at a broken line by file and line, with everything before it whole, and goes on once mended', async () => {
    const index = uniqueName('accept-broken')
    const file = await home.write('broken.jsonl', `${toJsonLines(numbered(3))}{"_id":"d3", oops}\n`)
    const { code, out, err } = await home.run(command(index, '--json', file))
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(`error: ${file}:4: is not JSON`)
    expect(await countDocuments(url, index)).toBe(3)
    const mended = await home.write('broken.jsonl', numbered(4))
    expect(onlyJson(await home.run(command(index, '--json', mended)))).toMatchObject({
      read: 4,
      indexed: 1,
      unchanged: 3,
    })
  })

  it.each([
    ['a list', '[1]', 'must be a JSON object'],
    [
      'no text field',
      '{"_id":"1","body":"x"}',
      'has none of the fields title, text to encode; it has _id, body',
    ],
    ['a number as text', '{"_id":"1","text":5}', 'field "text" must be a string'],
    ['an empty id', '{"_id":"","text":"x"}', 'field "_id" must be a non-empty string'],
  ])('refuses %s by file, line and rule', async (_, line, rule) => {
    const index = uniqueName('accept-rule')
    const result = await home.run(command(index, '-'), { input: `${line}\n` })
    expect(result).toMatchObject({ code: 1, out: '' })
    expect(result.err).toContain(`error: <stdin>:1: ${rule}`)
    expect((await fetch(`${url}/${index}`)).status).toBe(404)
  })

  it('takes a record without the fields for one without text, if others have them', async () => {
    const index = uniqueName('accept-lack')
    const records = [
      { _id: 'a', url: 'x' },
      { _id: 'b', text: 'a cat' },
      { _id: 'c', url: 'y' },
    ]
    const file = await home.write('lack.jsonl', records)
    const result = await home.run(command(index, '--json', file))
    expect(onlyJson(result)).toMatchObject({ read: 3, indexed: 1, skipped: 2 })
    expect(result.code).toBe(0)
    expect(result.err).toContain(
      `skipped: ${file}:3 (id c): has none of the fields title, text to encode; it has _id, url`,
    )
  })

  it('refuses fields that none of the first hundred records has, before anything is written', async () => {
    const index = uniqueName('accept-typo')
    const file = await home.write('typo.jsonl', [...numbered(100), { _id: 'late', titel: 'a cat' }])
    const { code, err } = await home.run(command(index, '--text', 'titel', file))
    expect(code).toBe(1)
    const lack = 'has none of the fields titel to encode; it has _id, text'
    expect(err).toContain(`error: ${file}:1: ${lack}, and so it is with the 99 behind it`)
    expect((await fetch(`${url}/${index}`)).status).toBe(404)
    const right = await home.run(command(index, '--text', 'text', '--json', file))
    expect(onlyJson(right)).toMatchObject({ read: 101, indexed: 100, skipped: 1 })
  })

  it('keeps refused documents with their reason, indexes the others, and fails', async () => {
    const index = uniqueName('accept-dead')
    const documents = [
      { _id: '1', text: 'an object', size: { cm: 1 } },
      { _id: '2', text: 'a bare number', size: 1 },
      { _id: '3', text: '   ' },
    ]
    const file = await home.write('dead.jsonl', documents)
    const result = await home.run(command(index, '--json', '--dead-letters', 'refused.ndjson', file))
    expect(result.code).toBe(1)
    expect(onlyJson(result)).toMatchObject({ read: 3, indexed: 2, deadLettered: 1, skipped: 0 })
    expect(result.err).toContain(`refused: ${file}:2 (id 2)`)
    expect(result.err).toContain(`stored without a vector: ${file}:3 (id 3): its text fields are empty`)
    const letter = JSON.parse(await readFile(join(home.path, 'refused.ndjson'), 'utf8')) as object
    expect(letter).toMatchObject({ file, line: 2, id: '2', status: 400, document: documents[1] })
    expect(await countDocuments(url, index)).toBe(2)
  })

  it('warns when the model does not know the language of the documents', async () => {
    const index = uniqueName('accept-warn')
    const lines = (await readFile(join(EXAMPLES, 'ko/corpus.jsonl'), 'utf8')).split('\n').slice(0, 5)
    const result = await home.run(
      ['index', '--url', url, '--index', index, '--model', 'splade-tiny-en', '--json', '-'],
      {
        input: lines.join('\n'),
      },
    )
    expect(result.err).toContain('warning: 5 of 5 documents fell apart into unknown tokens')
    expect(onlyJson(result)).toMatchObject({ read: 5, indexed: 5 })
  })

  it('prunes documents, those of an earlier run too', async () => {
    const index = uniqueName('accept-prune')
    const english = join(EXAMPLES, 'en/corpus.jsonl')
    const lines = (await readFile(english, 'utf8')).split('\n').slice(0, 4)
    const input = lines.join('\n')
    const args = ['index', '--url', url, '--index', index, '--prune', 'top_k=3', '-']
    await home.run(args.slice(0, 5).concat('-'), { input })
    await home.run(args, { input })
    const { _source: source } = (await (await fetch(`${url}/${index}/_doc/en-001`)).json()) as {
      readonly _source: { readonly splade: object }
    }
    expect(Object.keys(source.splade)).toHaveLength(3)
    const lexical = await home.run(command(uniqueName('accept-prune'), '--prune', 'top_k=3', english))
    expect(lexical).toMatchObject({ code: 2, err: expect.stringContaining('--prune does not apply to bm25') })
  })

  it('finishes what is in flight at Ctrl-C, says how to go on, and goes on', async () => {
    const index = uniqueName('accept-sigint')
    const { child, result, untilErr } = home.start(command(index, '--json', '-'))
    child.stdin.on('error', () => undefined)
    child.stdin.write(toJsonLines(numbered(2_000)))
    await untilDocuments(url, index, 1_000)
    child.kill('SIGINT')
    await untilErr('again ends at once')
    child.stdin.end(toJsonLines(numbered(2_000, 2_000)))
    const ended = await result
    const counts = onlyJson(ended) as Readonly<Record<'read' | 'indexed', number>>
    expect(ended.code).toBe(130)
    expect(ended.err).toContain(
      `to go on, give it the same input again and run: splade-bridge index --url ${url} --index ${index} --model bm25 --json - --resume`,
    )
    expect(counts.read).toBeGreaterThanOrEqual(1_000)
    expect(counts.read).toBeLessThan(4_000)
    expect(counts.indexed).toBe(counts.read)
    expect(await countDocuments(url, index)).toBe(counts.read)
    const again = await home.run(command(index, '--json', '-'), { input: toJsonLines(numbered(4_000)) })
    expect(onlyJson(again)).toMatchObject({ indexed: 4_000 - counts.read, unchanged: counts.read })
  })

  it('has nothing to go on with at Ctrl-C when all is read and only the engine is slow', async () => {
    const index = uniqueName('accept-late-sigint')
    const file = await home.write('late.jsonl', numbered(20))
    let isWriting = (): void => undefined
    const writing = new Promise<void>((resolve) => (isWriting = resolve))
    const proxy = await startFaultProxy(url, ({ path }) => {
      if (!path.includes('_bulk')) return 'pass'
      isWriting()
      return { trickleMs: 1_000 }
    })
    try {
      const args = ['index', '--url', proxy.url, '--index', index, '--model', 'bm25', '--json', file]
      const { child, result } = home.start(args)
      await writing
      child.kill('SIGINT')
      const ended = await result
      expect(ended).toMatchObject({ code: 0, err: expect.not.stringContaining('to go on') })
      expect(ended.err).toContain('everything had been read when it was interrupted')
      expect(onlyJson(ended)).toMatchObject({ read: 20, indexed: 20 })
    } finally {
      await proxy.close()
    }
  })

  it('stops at Ctrl-C though standard input stalls', async () => {
    const index = uniqueName('accept-stall')
    await home.run(command(index, '-'), { input: toJsonLines(numbered(1)) })
    const { child, result, untilErr } = home.start(command(index, '-'))
    await untilErr('using index')
    child.kill('SIGINT')
    const ended = await result
    expect(ended.code).toBe(130)
    expect(ended.out).toContain('0 documents read: 0 indexed')
  })
})
