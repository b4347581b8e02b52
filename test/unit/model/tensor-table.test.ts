import { describe, expect, it } from '@jest/globals'
import type { StoredTensor } from '../../../src/model/safetensors.js'
import { TensorTable } from '../../../src/model/tensor-table.js'

function table(...names: readonly string[]): TensorTable {
  const stored = (name: string): StoredTensor => ({
    name,
    type: 'F32',
    shape: [2, 3],
    file: 'model.safetensors',
    offset: 0,
    byteLength: 24,
  })
  return new TensorTable(new Map(names.map((name) => [name, stored(name)])))
}

describe('TensorTable', () => {
  it('gives the first of several names that the checkpoint holds', () => {
    expect(table('b', 'c').get(['a', 'b', 'c'], [2, 3]).name).toBe('b')
  })

  it('knows the old names of layer normalisation', () => {
    const old = table('x.LayerNorm.gamma', 'x.LayerNorm.beta')
    expect(old.get('x.LayerNorm.weight', [2, 3]).name).toBe('x.LayerNorm.gamma')
    expect(old.get('x.LayerNorm.bias', [2, 3]).name).toBe('x.LayerNorm.beta')
  })

  it('prefers a new name to an old one', () => {
    const both = table('x.LayerNorm.gamma', 'x.LayerNorm.weight')
    expect(both.get('x.LayerNorm.weight', [2, 3]).name).toBe('x.LayerNorm.weight')
  })

  it('names what is missing and what lies near it', () => {
    const wanted = ['bert.layer.0.query.weight', 'layer.0.query.weight']
    expect(() => table('bert.layer.0.key.weight', 'other').get(wanted, [2, 3])).toThrow(
      'the weights have no tensor bert.layer.0.query.weight or layer.0.query.weight; found bert.layer.0.key.weight',
    )
  })

  it('lists eight tensors at most', () => {
    const names = Array.from({ length: 10 }, (_, index) => `tensor${index}`)
    expect(() => table(...names).get('absent', [1])).toThrow(/tensor7, … 2 more$/)
  })

  it('names both shapes where they differ', () => {
    expect(() => table('a').get('a', [3, 2])).toThrow(
      'tensor a has shape [2, 3]; config.json asks for [3, 2]',
    )
  })

  it('finds nothing where a tensor is optional', () => {
    expect(table('a').find(['b', 'c'])).toBeUndefined()
  })
})
