import { FeatureError } from '../../../errors.js'
import { decodeFeatureName, encodeFeatureName } from '../../../rank-features/feature-name.js'

/**
 * The token that another client means by a key of its query vector. A key that is a feature name as this library
 * writes them, escapes included, stands for its token: splade-bridge's own searches pass through the proxy, too.
 */
export function tokenOf(key: string): string {
  if (!key.includes('%')) return key
  try {
    const token = decodeFeatureName(key)
    return encodeFeatureName(token) === key ? token : key
  } catch (error) {
    if (error instanceof FeatureError) return key
    throw error
  }
}
