import { isObject, arrayMember, member } from './json.js'

/**
 * Fields that a mapping keeps out of `_source`, so that nobody can read their text again.
 *
 * @param mappings an index's mappings, whose `_source` may be switched off or name `includes` and `excludes`
 */
export function unstoredFields(mappings: unknown, names: readonly string[]): readonly string[] {
  const rule = member(mappings, '_source')
  if (!isObject(rule)) return []
  if (rule.enabled === false || rule.enabled === 'false') return names
  const includes = patternsOf(rule, 'includes')
  const excludes = patternsOf(rule, 'excludes')
  return names.filter(
    (name) => (includes.length > 0 && !anyCovers(includes, name)) || anyCovers(excludes, name),
  )
}

function patternsOf(rule: unknown, name: string): readonly string[] {
  return arrayMember(rule, name).filter((pattern) => typeof pattern === 'string')
}

/** A pattern speaks of all that is below what it names: `meta` and `m*` of `meta.title`. */
function anyCovers(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}(\\..*)?$`, 'u').test(name)
  })
}
