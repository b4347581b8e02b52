import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../../src/errors.js'
import { explainHubFailure, explainWriteFailure } from '../../../../src/model/hub/hub-failure.js'

const REQUEST = { endpoint: 'https://hub.example', id: 'a/b', revision: 'main', hasToken: false }

describe('a failure of the hub', () => {
  it('names the reason that the network gives', () => {
    const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    const error = explainHubFailure(new TypeError('fetch failed', { cause }), REQUEST)
    expect(error).toMatchObject({ code: 'HUB', status: 0, message: expect.stringContaining('(ENOTFOUND)') })
  })

  it.each([undefined, 'a string', null])('is explained even if %p was thrown', (thrown) => {
    expect(explainHubFailure(thrown, REQUEST).message).toContain('(no answer)')
  })

  it('leaves interruptions and errors that are explained already', () => {
    for (const error of [new DOMException('stop', 'AbortError'), new ModelError('known')])
      expect(explainHubFailure(error, REQUEST)).toBe(error)
  })
})

describe('a failure to write', () => {
  it('says that the disk is full, and that running again goes on', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
    expect(explainWriteFailure(full, 'x.part')).toMatchObject({
      code: 'MODEL',
      message: expect.stringMatching(/disk is full while writing x\.part .*same command again/),
    })
  })

  it('is passed on otherwise', () => {
    const error = new Error('other')
    expect(explainWriteFailure(error, 'x')).toBe(error)
  })
})
