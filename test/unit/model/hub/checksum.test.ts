import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { checksumOf } from '../../../../src/model/hub/checksum.js'
import { useTemporaryFolder, writeFiles } from '../../../model-folder.js'

const folder = useTemporaryFolder()

it.each([
  // `printf 'hello\n' | sha256sum`, and `printf 'hello\n' | git hash-object --stdin`
  ['sha256', '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03'],
  ['git-sha1', 'ce013625030ba8dba906f756967f9e9ca394464a'],
] as const)('agrees with the tool for %s', async (algorithm, digest) => {
  await writeFiles(folder.path, { hello: 'hello\n' })
  expect(await checksumOf(join(folder.path, 'hello'), algorithm)).toBe(digest)
})
