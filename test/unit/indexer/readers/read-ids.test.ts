import { describe, expect, it } from '@jest/globals'
import { readIds } from '../../../../src/indexer/readers/read-ids.js'
import { collect, tornInput } from './inputs.js'

describe('readIds', () => {
  it('takes one id a line', async () => {
    expect(await collect(readIds(tornInput('\ufeffa\r\n\r\n  한 글 \nb')))).toEqual(['a', '한 글', 'b'])
  })

  it('names the line that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('a\n'), Buffer.of(0xff)])
    await expect(collect(readIds(tornInput(bytes, 3, 'ids.txt')))).rejects.toThrow(
      'ids.txt:2: is not valid UTF-8; convert the file first',
    )
  })
})
