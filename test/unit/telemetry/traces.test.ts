import { describe, expect, it } from '@jest/globals'
import { parseTraceparent } from '../../../src/telemetry/traces.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

describe('traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, 1],
    [`00-${TRACE}-${SPAN}-00`, 0],
    // Flags that are not known yet.
    [`00-${TRACE}-${SPAN}-03`, 1],
    // A later version may have more behind it.
    [`01-${TRACE}-${SPAN}-01-more`, 1],
  ])('%s is continued', (value, traceFlags) => {
    expect(parseTraceparent(value)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true })
  })

  it.each([
    [undefined],
    [''],
    [`00-${TRACE}-${SPAN}`],
    [`00-${TRACE}-${SPAN}-01-more`],
    [`ff-${TRACE}-${SPAN}-01`],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`],
    [`00-${'0'.repeat(32)}-${SPAN}-01`],
    [`00-${TRACE}-${'0'.repeat(16)}-01`],
    [[`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`]],
  ])('%j is passed over', (value) => {
    expect(parseTraceparent(value)).toBeUndefined()
  })
})
