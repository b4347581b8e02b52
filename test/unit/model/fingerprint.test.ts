import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { computeFingerprint } from '../../../src/model/fingerprint.js'
import { useTemporaryFolder, writeFiles } from '../../model-folder.js'

const folder = useTemporaryFolder()

async function files(name: string, content = 'weights'): Promise<readonly string[]> {
  const directory = join(folder.path, name)
  await writeFiles(directory, { 'model.safetensors': content, 'tokenizer.json': '{}' })
  return ['tokenizer.json', 'model.safetensors'].map((file) => join(directory, file))
}

describe('computeFingerprint', () => {
  it('is 16 hexadecimal digits', async () => {
    expect(await computeFingerprint(await files('form'))).toMatch(/^[0-9a-f]{16}$/)
  })

  it('does not depend on the folder or on the order of the files', async () => {
    const first = await files('first')
    await cp(join(folder.path, 'first'), join(folder.path, 'second'), { recursive: true })
    const second = first.map((path) => path.replace('first', 'second')).reverse()
    expect(await computeFingerprint(second)).toBe(await computeFingerprint(first))
  })

  it('changes with a file', async () => {
    const paths = await files('changing')
    const before = await computeFingerprint(paths)
    await writeFile(paths[0]!, '{ }')
    expect(await computeFingerprint(paths)).not.toBe(before)
  })

  it('changes when bytes move from one file to the next', async () => {
    const directory = join(folder.path, 'moving')
    const paths = ['a', 'b'].map((name) => join(directory, name))
    await writeFiles(directory, { a: 'xy', b: 'z' })
    const before = await computeFingerprint(paths)
    await writeFiles(directory, { a: 'x', b: 'yz' })
    expect(await computeFingerprint(paths)).not.toBe(before)
  })

  it('changes with a setting', async () => {
    const paths = await files('settings')
    const plain = await computeFingerprint(paths, { precision: 'f32' })
    expect(await computeFingerprint(paths, { precision: 'int8' })).not.toBe(plain)
  })
})
