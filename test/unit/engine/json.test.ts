import { describe, expect, it } from '@jest/globals'
import { arrayMember, isObject, member, numberMember, stringMember } from '../../../src/engine/json.js'

describe('json', () => {
  it('takes only plain containers of members for objects', () => {
    expect([{}, [], null, 'x', undefined].map(isObject)).toEqual([true, false, false, false, false])
  })

  it('walks down a path and stops where it ends', () => {
    const value = { a: { b: [1], c: 'text', d: 4 } }
    expect(member(value, 'a', 'd')).toBe(4)
    expect(member(value, 'a', 'x', 'y')).toBeUndefined()
    expect(stringMember(value, 'a', 'c')).toBe('text')
    expect(stringMember(value, 'a', 'd')).toBeUndefined()
    expect(numberMember(value, 'a', 'c')).toBeUndefined()
    expect(arrayMember(value, 'a', 'b')).toEqual([1])
    expect(arrayMember(value, 'a', 'c')).toEqual([])
  })

  it('does not see what objects inherit', () => {
    expect(member({}, 'constructor')).toBeUndefined()
    expect(member({}, '__proto__')).toBeUndefined()
  })
})
