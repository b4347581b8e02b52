import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { EXAMPLES, onlyJson, useCliHome } from './cli-process.js'

const BUNDLED = join(import.meta.dirname, '../../models/splade-tiny-en')

describe('splade-bridge model quantize', () => {
  const home = useCliHome()
  const quantize = (...args: readonly string[]) => home.run(['model', 'quantize', './tiny', ...args])

  it('writes weights that encode, and says how close they are', async () => {
    await cp(BUNDLED, join(home.path, 'tiny'), { recursive: true })
    const encode = (...args: readonly string[]) =>
      home.run(['encode', '--json', '--model', './tiny', ...args, 'a red bicycle'])
    expect(await encode('--precision', 'int8')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no model\.int8\.safetensors; .*model quantize .*tiny --precision int8/),
    })
    const made = await quantize('--precision', 'int8', '--dataset', join(EXAMPLES, 'en'), '--json')
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('wrote ') })
    const report = onlyJson(made) as Record<string, number> & {
      retrieval: { ndcg10: Record<string, number> }
    }
    expect(report).toMatchObject({ precision: 'int8', source: 'en', texts: 60 })
    expect(report.meanCosine).toBeGreaterThan(0.99)
    expect(report.retrieval.ndcg10.quantized! / report.retrieval.ndcg10.f32!).toBeGreaterThan(0.95)
    expect((await encode('--precision', 'int8')).out).not.toBe((await encode()).out)
    expect((await home.run(['model', 'info', './tiny'])).out).toMatch(/^int8 against f32, 60 texts of en$/m)
  })

  it('knows a model whose transformer lies in a folder of its own, from adding it on', async () => {
    const router = join(home.path, 'router')
    await cp(BUNDLED, join(router, 'document_0_Transformer'), { recursive: true })
    await rm(join(router, 'document_0_Transformer', 'modules.json'))
    const modules = 'sentence_transformers.base.modules'
    const types = { document_0_Transformer: `${modules}.transformer.Transformer` }
    await writeFile(
      join(router, 'modules.json'),
      JSON.stringify([{ path: '', type: `${modules}.router.Router` }]),
    )
    await writeFile(join(router, 'router_config.json'), JSON.stringify({ types }))
    expect(await home.run(['model', 'add', './router'])).toMatchObject({ code: 0 })
    const listed = onlyJson(await home.run(['model', 'list', '--json'])) as readonly { name: string }[]
    expect(listed.map(({ name }) => name)).toContain('router')
    const made = await home.run(['model', 'quantize', 'router', '--precision', 'int8', '--json'])
    const { fingerprints } = onlyJson(made) as { fingerprints: { quantized: string } }
    const info = onlyJson(await home.run(['model', 'info', 'router', '--json'])) as {
      smaller: readonly { fingerprint: string; report: object | null }[]
    }
    expect(info.smaller).toMatchObject([
      { fingerprint: fingerprints.quantized, report: { precision: 'int8' } },
    ])
    expect(await home.run(['model', 'remove', 'router'])).toMatchObject({ code: 0 })
  })

  it('does not write over what is there', async () => {
    const refused = await quantize('--precision', 'int8')
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/there already; --force/) })
    expect(await quantize('--precision', 'int8', '--force')).toMatchObject({ code: 0 })
  })

  it.each([
    [['bm25', '--precision', 'int8'], /bm25 has no weights here/],
    [['./tiny', '--precision', 'int4'], /Allowed choices are f16, int8, int8-block/],
    [['./tiny', '--precision', 'f16', '--texts', 'gone.txt'], /gone\.txt cannot be read \(ENOENT\)/],
  ])('refuses %j', async (args, message) => {
    const refused = await home.run(['model', 'quantize', ...args])
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) })
  })
})
