import { describe, expect, it } from '@jest/globals'
import {
  requestHeaders,
  toFlat,
  toRecord,
  valueOf,
  warningHeader,
  without,
} from '../../../../src/proxy/http/headers.js'

describe('requestHeaders', () => {
  it('keeps case, order and repetition', () => {
    const raw = ['X-B', '1', 'x-a', '2', 'X-b', '3']
    expect(requestHeaders(raw)).toEqual(raw)
  })

  it('drops what several Connection headers name', () => {
    const raw = ['Connection', 'X-A', 'connection', 'close, x-b', 'X-A', '1', 'x-B', '2', 'X-C', '3']
    expect(requestHeaders(raw)).toEqual(['X-C', '3'])
  })
})

describe('records of headers', () => {
  it('have lower-case names, and lists where a header is repeated', () => {
    expect(toRecord(['X-A', '1', 'x-a', '2', 'X-A', '3', 'B', ''])).toEqual({ 'x-a': ['1', '2', '3'], b: '' })
  })

  it('take names that objects have of their own', () => {
    const record = toRecord(['__proto__', '1', 'constructor', '2', '__proto__', '3'])
    expect(Object.entries(record)).toEqual([
      ['__proto__', ['1', '3']],
      ['constructor', '2'],
    ])
  })

  it('become flat again', () => {
    expect(toFlat({ a: '1', b: ['2', '3'], c: undefined, d: '4' }, new Set(['d']))).toEqual([
      'a',
      '1',
      'b',
      '2',
      'b',
      '3',
    ])
  })
})

it('valueOf and without find names in any case, and never a value', () => {
  const flat = ['X-A', 'x-b', 'X-B', '1']
  expect(valueOf(flat, 'x-b')).toBe('1')
  expect(without(flat, new Set(['x-b']))).toEqual(['X-A', 'x-b'])
})

describe('warningHeader', () => {
  it.each([
    ['plain', '299 splade-bridge "plain"'],
    ['a "quoted" \\ text', '299 splade-bridge "a \\"quoted\\" \\\\ text"'],
    ['한', '299 splade-bridge "%ED%95%9C"'],
    ['line\r\nX-Injected: 1', '299 splade-bridge "line%0D%0AX-Injected: 1"'],
  ])('writes %j in printable ASCII', (text, expected) => {
    expect(warningHeader(text)).toBe(expected)
  })
})
