import { expect, it } from '@jest/globals'
import { fuzzProxy } from '../../../proxy-fuzz.js'

it('a proxy answers or closes whatever it is sent, and keeps nothing of it', async () => {
  const { answers, hanging, failures, inFlight, bufferedBytes } = await fuzzProxy(1_000, 7)
  expect({ hanging, failures, inFlight, bufferedBytes }).toEqual({
    hanging: [],
    failures: [],
    inFlight: 0,
    bufferedBytes: 0,
  })
  // Else the inputs have not reached what they are for.
  expect([...answers.keys()]).toEqual(expect.arrayContaining(['200', '400', '408', '431']))
})
