import { afterEach, describe, expect, it } from '@jest/globals'
import { refuseTf32 } from '../../../src/cli/cuda-environment.js'

afterEach(() => {
  delete process.env.NVIDIA_TF32_OVERRIDE
})

describe('refuseTf32', () => {
  it('turns TF32 off', () => {
    refuseTf32()
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('0')
  })

  it('leaves it to whoever has set it', () => {
    process.env.NVIDIA_TF32_OVERRIDE = '1'
    refuseTf32()
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('1')
  })
})
