import { describe, expect, it } from '@jest/globals'
import { encodeFeatureName } from '../../../src/rank-features/feature-name.js'
import { tokenOf } from '../../../src/rank-features/feature-token.js'

describe('a key of a query vector', () => {
  it.each(['car', '##ing', '3.14', 'a b', '%', '100%', '50%off', '%zz', '김'])(
    'stands for token %j itself',
    (token) => {
      expect(encodeFeatureName(tokenOf(token))).toBe(encodeFeatureName(token === '%' ? '' : token))
    },
  )

  it.each(['3.14', 'a b', '100%', 'ê¹Ģ\u0085'])('may be the feature name of %j already', (token) => {
    expect(tokenOf(encodeFeatureName(token))).toBe(token)
  })
})
