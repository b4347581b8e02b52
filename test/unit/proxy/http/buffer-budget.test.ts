import { describe, expect, it } from '@jest/globals'
import { BufferBudget } from '../../../../src/proxy/http/buffer-budget.js'

describe('BufferBudget', () => {
  it('refuses what would go beyond it, over all shares, and has room again when one is given back', () => {
    const budget = new BufferBudget(10)
    const [one, other] = [budget.open(), budget.open()]
    one.take(6)
    other.take(4)
    expect(() => {
      other.take(1)
    }).toThrow('more than 10 bytes')
    one.release()
    other.take(6)
    expect(budget.used).toBe(10)
  })

  it('counts nothing for a share that was given back, once or twice', () => {
    const budget = new BufferBudget(10)
    const share = budget.open()
    share.take(3)
    share.release()
    share.take(3)
    share.release()
    expect(budget.used).toBe(0)
  })
})
