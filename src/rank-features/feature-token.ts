import { FeatureError } from '../errors.js'
import { decodeFeatureName } from './feature-name.js'

/**
 * The token that a key of a vector means which another program may have written. A key that is a feature name as this
 * library writes them, escapes included, stands for its token; any other is the token itself.
 */
export function tokenOf(key: string): string {
  if (!key.includes('%')) return key
  try {
    return decodeFeatureName(key)
  } catch (error) {
    if (error instanceof FeatureError) return key
    throw error
  }
}
