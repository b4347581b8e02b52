import { ConfigurationError } from '../errors.js'

/**
 * Path of an endpoint of one index, percent-encoded.
 *
 * @throws ConfigurationError for names that would address something else: none, several, all, or an endpoint
 */
export function indexPath(index: string, ...rest: readonly string[]): string {
  if (
    index === '' ||
    /[,*\s"\\<>|?/]/.test(index) ||
    index.startsWith('_') ||
    index === '.' ||
    index === '..'
  ) {
    throw new ConfigurationError(
      'index',
      'must name one index: no comma, asterisk, space, quote, slash or leading underscore',
      index,
    )
  }
  return ['', index, ...rest].map((segment) => encodeURIComponent(segment)).join('/')
}
