import { PassThrough } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { untilAbort } from '../../../src/cli/stoppable-input.js'

const read = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  let text = ''
  for await (const chunk of chunks) text += Buffer.from(chunk).toString()
  return text
}

describe('untilAbort', () => {
  it('gives everything of a stream that ends', async () => {
    const stream = new PassThrough()
    stream.write('one ')
    stream.end('two')
    expect(await read(untilAbort(stream, new AbortController().signal))).toBe('one two')
  })

  it('ends a stalled stream when the signal is aborted, and closes it', async () => {
    const stream = new PassThrough()
    const controller = new AbortController()
    stream.write('one')
    const text = read(untilAbort(stream, controller.signal))
    await new Promise((resume) => setImmediate(resume))
    controller.abort()
    expect(await text).toBe('one')
    expect(stream.destroyed).toBe(true)
  })

  it('reads nothing once the signal is aborted', async () => {
    expect(await read(untilAbort(new PassThrough(), AbortSignal.abort()))).toBe('')
  })

  it('passes on the error of a stream', async () => {
    const stream = new PassThrough()
    const text = read(untilAbort(stream, new AbortController().signal))
    stream.destroy(new Error('the pipe broke'))
    await expect(text).rejects.toThrow('the pipe broke')
  })
})
