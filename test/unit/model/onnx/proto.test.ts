import { describe, expect, it } from '@jest/globals'
import { decodeModel, encodeModel } from '../../../../src/model/onnx/proto.js'

describe('encodeModel and decodeModel', () => {
  it('return what was written', () => {
    const node = {
      opType: 'Gemm',
      input: ['x', '', 'w'],
      output: ['y'],
      name: 'y',
      attribute: [{ name: 'transB', type: 2, i: 1 }],
    }
    const graph = { name: 'tiny', node: [node] }
    expect(decodeModel(encodeModel({ irVersion: 10, graph }))).toMatchObject({ irVersion: 10, graph })
  })

  it('keep a choice between a size and a symbol for each dimension', () => {
    const dim = [{ dimParam: 'batch' }, { dimValue: 8 }]
    const input = [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }]
    expect(decodeModel(encodeModel({ graph: { input } }))).toMatchObject({ graph: { input } })
  })

  it('use the field numbers of onnx.proto', () => {
    // ir_version (1, varint) 10; graph (7, bytes) of 3 bytes: name (2, bytes) of 1 byte "g".
    const bytes = Uint8Array.of(0x08, 10, 0x3a, 3, 0x12, 1, 'g'.charCodeAt(0))
    expect(encodeModel({ irVersion: 10, graph: { name: 'g' } })).toEqual(bytes)
  })
})
