import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readPage } from '../../../src/web/page-files.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splade-bridge-page-'))
})

afterAll(() => rm(folder, { recursive: true }))

it('says what to do where the page was not built', async () => {
  await expect(readPage(folder)).rejects.toThrow('must be built: run "npm run build"')
  await expect(readPage(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'CONFIGURATION' })
})

it('serves the page at the root, and only files of the kinds that a page is made of', async () => {
  for (const name of ['index.html', 'page.js', 'page.js.map', '.env'])
    await writeFile(join(folder, name), name)
  const page = await readPage(folder)
  expect([...page.keys()].sort()).toEqual(['/', '/page.js'])
  expect(page.get('/')).toEqual({ contentType: 'text/html; charset=utf-8', bytes: Buffer.from('index.html') })
})
