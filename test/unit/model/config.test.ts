import { describe, expect, it } from '@jest/globals'
import { ModelError } from '../../../src/errors.js'
import { ModelConfig } from '../../../src/model/config.js'

const config = new ModelConfig(
  { name: 'bert', layers: 2, epsilon: 1e-12, bias: false, act: 'gelu', half: 0.5, none: null },
  'folder/config.json',
)

describe('ModelConfig', () => {
  it('reads fields of each kind', () => {
    expect(config.text('name')).toBe('bert')
    expect(config.count('layers')).toBe(2)
    expect(config.number('epsilon')).toBe(1e-12)
    expect(config.flag('bias', true)).toBe(false)
    expect(config.oneOf('act', ['relu', 'gelu'])).toBe('gelu')
    expect(config.raw('half')).toBe(0.5)
  })

  it('takes the fallback where a field is absent or null', () => {
    expect(config.count('absent', 3)).toBe(3)
    expect(config.number('none', 4)).toBe(4)
    expect(config.flag('absent', true)).toBe(true)
    expect(config.oneOf('absent', ['relu', 'gelu'], 'relu')).toBe('relu')
  })

  it.each<[string, () => unknown, string]>([
    ['text', () => config.text('layers'), '"layers" must be a string, found 2'],
    ['absence', () => config.text('absent'), '"absent" must be a string, found nothing'],
    ['count', () => config.count('half'), '"half" must be an integer >= 1, found 0.5'],
    ['number', () => config.number('name'), '"name" must be a number, found "bert"'],
    ['flag', () => config.flag('layers', true), '"layers" must be true or false, found 2'],
    ['choice', () => config.oneOf('act', ['relu', 'silu']), '"act" must be one of relu, silu, found "gelu"'],
  ])('names file, field, rule and value: %s', (_, read, message) => {
    expect(read).toThrow(new ModelError(`folder/config.json: ${message}`))
  })
})
