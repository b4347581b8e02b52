import { describe, expect, it } from '@jest/globals'
import { ENGINES, testEngine, uniqueName } from '../engines.js'
import { onlyJson, useCliHome } from './cli-process.js'
import { countDocuments } from './engine-documents.js'

/** What people read does not depend on the engine. */
const [ENGINE = 'opensearch-3'] = ENGINES

interface Stored {
  readonly [field: string]: unknown
  readonly splade?: Readonly<Record<string, number>>
}

const BRIDGE = {
  no: 'd1',
  headline: 'stone bridge',
  body: 'old carts cross',
  meta: { year: 1620, editor: 'Kim' },
  html: '<p>stone</p>',
}

describe('the fields that index encodes and stores', () => {
  const { url } = testEngine(ENGINE)
  const home = useCliHome()
  const at = (index: string): readonly string[] => ['--url', url, '--index', index]
  const run = async (index: string, records: readonly object[], ...args: string[]): Promise<unknown> => {
    const file = await home.write('fields.jsonl', records)
    return onlyJson(await home.run(['index', ...at(index), '--model', 'bm25', '--json', ...args, file]))
  }
  const stored = async (index: string, id: string): Promise<Stored> =>
    (await (await fetch(`${url}/${index}/_source/${id}`)).json()) as Stored
  const search = async (index: string, ...args: string[]) =>
    onlyJson(await home.run(['search', ...at(index), '--json', ...args])) as {
      readonly hits: readonly { readonly id: string; readonly score: number; readonly source: object }[]
    }

  it('weighs the terms of a field, and explains the score that comes of it', async () => {
    const [plain, heavy] = [uniqueName('accept-weight'), uniqueName('accept-weight')]
    const args = ['--id', 'no', '--text']
    await run(plain, [BRIDGE], ...args, 'headline,body')
    await run(heavy, [BRIDGE], ...args, 'headline^2,body')
    const alone = uniqueName('accept-weight')
    await run(alone, [BRIDGE], ...args, 'headline')
    const weights = (await stored(heavy, 'd1')).splade!
    expect(Object.keys(weights).sort()).toEqual(Object.keys((await stored(plain, 'd1')).splade!).sort())
    expect(weights.stone).toBeCloseTo(2 * (await stored(alone, 'd1')).splade!.stone!, 5)
    const { hits } = await search(heavy, 'stone carts')
    expect(hits[0]).toMatchObject({
      id: 'd1',
      tokens: [
        { token: 'stone', spans: [[0, 5]] },
        { token: 'cart', spans: [[17, 22]] },
      ],
    })
    const other = await home.run([
      ...['index', ...at(heavy), '--text', 'headline,body', await home.write('one.jsonl', [BRIDGE])],
    ])
    expect(other.err).toContain('exists with text fields "headline^2, body", you asked for "headline, body"')
  })

  it('encodes a template, and goes on with it in later runs', async () => {
    const index = uniqueName('accept-template')
    await run(index, [BRIDGE], '--id', 'no', '--template', '{{headline}} ({{meta.year}})\\n{{none}}')
    expect(Object.keys((await stored(index, 'd1')).splade!).sort()).toEqual(['1620', 'bridg', 'stone'])
    const later = await run(index, [BRIDGE, { ...BRIDGE, no: 'd2', meta: {} }], '--id', 'no')
    expect(later).toMatchObject({ read: 2, indexed: 1, unchanged: 1 })
    expect((await search(index, 'bridge 1620')).hits.map(({ id }) => id)).toEqual(['d1', 'd2'])
  })

  it('writes several vector fields in one pass, and searches the one that is asked for', async () => {
    const index = uniqueName('accept-sparse')
    const second = { no: 'd2', headline: 'old carts', body: 'stone bridge' }
    const third = { no: 'd3', headline: 'stone' }
    const sparse = ['--sparse', 'headline=head_splade,body=body_splade']
    expect(await run(index, [BRIDGE, second, third], '--id', 'no', ...sparse)).toMatchObject({ indexed: 3 })
    const ids = async (...args: string[]): Promise<readonly string[]> =>
      (await search(index, ...args)).hits.map(({ id }) => id)
    expect(await ids('bridge')).toEqual(['d1'])
    expect(await ids('--field', 'body_splade', 'bridge')).toEqual(['d2'])
    expect((await search(index, 'bridge')).hits[0]?.source).toEqual(BRIDGE)
    expect(Object.keys(await stored(index, 'd3'))).not.toContain('body_splade')
    const unknown = await home.run(['search', ...at(index), '--field', 'splade', 'bridge'])
    expect(unknown.err).toContain('has no vector field "splade"; it has "head_splade", "body_splade"')
    expect(await run(index, [BRIDGE, second, third], '--id', 'no')).toMatchObject({ unchanged: 3 })
    const changed = { ...second, body: 'stone bridges' }
    expect(await run(index, [BRIDGE, changed], '--id', 'no')).toMatchObject({ indexed: 1, unchanged: 1 })
  })

  it('renames, keeps and drops, and says which names it never met', async () => {
    const index = uniqueName('accept-rename')
    const file = await home.write('fields.jsonl', [BRIDGE])
    const { code, err } = await home.run([
      ...['index', ...at(index), '--model', 'bm25', '--id', 'no', '--text', 'title,body'],
      ...['--rename', 'headline=title', '--drop', 'html,body,meta.editor,no', '--drop', 'htlm', file],
    ])
    expect(code).toBe(0)
    expect(err).toContain('no document had a field htlm, which was to be renamed, kept or dropped')
    const { splade, splade_meta: meta, ...source } = await stored(index, 'd1')
    expect(source).toEqual({ title: 'stone bridge', meta: { year: 1620 } })
    expect(Object.keys(splade!)).toContain('cart')
    expect(meta).toMatchObject({ id: 'd1' })
  })

  it('takes all of it from the configuration file, with flags before it', async () => {
    const index = uniqueName('accept-config')
    const config = await home.write(
      'fields.config.yaml',
      [
        'model: bm25',
        'documents:',
        '  id: 번호',
        '  rename: { 제목: title, 본문: text }',
        '  drop: [비고]',
        '  format: csv',
        '  delimiter: "|"',
        '  text: title^2,text',
        '',
      ].join('\n'),
    )
    const table = await home.write('fields.txt', '번호|제목|본문|비고\n1|돌다리|오래된 다리|x\n')
    const args = ['--config', config, 'index', ...at(index), '--json']
    expect(onlyJson(await home.run([...args, table]))).toMatchObject({ indexed: 1 })
    const { splade, splade_meta: meta, ...source } = await stored(index, '1')
    expect({ source, meta }).toMatchObject({ source: { 번호: '1', title: '돌다리' }, meta: { id: '1' } })
    expect(source).not.toHaveProperty('비고')
    expect(Object.keys(splade!).length).toBeGreaterThan(0)
    const tabs = await home.write('fields.tab.txt', '번호\t제목\t본문\n2\t강\t물\n')
    expect(onlyJson(await home.run([...args, '--delimiter', '\\t', tabs]))).toMatchObject({ indexed: 1 })
    expect(await countDocuments(url, index)).toBe(2)
    const broken = await home.write('broken.config.yaml', 'documents:\n  txt: a\n')
    const refused = await home.run(['--config', broken, 'index', ...at(index), table])
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringContaining('documents.txt must be one of id, text'),
    })
  })

  it.each([
    [['--text', 'a', '--template', '{{a}}'], 'exclude each other'],
    [['--sparse', 'a=b', '--field', 'c'], 'leave --field out'],
    [['--sparse', 'text=text'], 'must be another name than those of the text fields'],
    [['--sparse', 'a=x,b=x'], 'field must be of one text only'],
    [['--rename', 'title'], 'as in headline=title'],
  ])('refuses %j', async (args, rule) => {
    const index = uniqueName('accept-fields')
    const file = await home.write('fields.jsonl', [BRIDGE])
    const { code, err } = await home.run(['index', ...at(index), '--model', 'bm25', ...args, file])
    expect({ code, found: err.includes(rule) }).toEqual({ code: 2, found: true })
    expect((await fetch(`${url}/${index}`)).status).toBe(404)
  })
})
