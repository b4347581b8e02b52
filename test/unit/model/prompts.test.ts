import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readPrompts } from '../../../src/model/prompts.js'
import { useTemporaryFolder, writeFiles } from '../../model-folder.js'

const folder = useTemporaryFolder()
let count = 0
const promptsOf = async (fields: object): Promise<unknown> =>
  readPrompts(
    await writeFiles(join(folder.path, `model-${count++}`), { 'config_sentence_transformers.json': fields }),
  )

describe('readPrompts', () => {
  it('knows none without the file', async () => {
    expect(await readPrompts(folder.path)).toEqual({ query: '', document: '' })
  })

  it.each<[object, string, string]>([
    [{}, '', ''],
    [{ prompts: null }, '', ''],
    [{ prompts: { query: '', document: null } }, '', ''],
    [{ prompts: { query: 'query: ', document: 'document: ' } }, 'query: ', 'document: '],
    [{ prompts: { query: 'query: ', passage: 'passage: ' } }, 'query: ', ''],
    [{ prompts: { web: 'w: ' }, default_prompt_name: 'web' }, '', ''],
  ])('of %j', async (fields, query, document) => {
    expect(await promptsOf(fields)).toEqual({ query, document })
  })

  it.each<[object, RegExp]>([
    [{ prompts: 'query: ' }, /config_sentence_transformers\.json: "prompts" must be an object/],
    [{ prompts: { query: 1 } }, /"prompts": "query" must be a string, found 1/],
  ])('refuses %j', async (fields, message) => {
    await expect(promptsOf(fields)).rejects.toThrow(message)
  })
})
