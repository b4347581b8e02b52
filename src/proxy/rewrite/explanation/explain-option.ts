import type { JsonSource } from '../json/json-source.js'
import { memberOf } from '../json/read-node.js'
import type { SourceEdits } from '../json/source-edits.js'
import { badRequest } from '../refuse.js'

/** Asks for explanations: a parameter of the address, or a member of the body. No engine knows it. */
export const EXPLAIN_OPTION = 'splade_explain'

/** Whether the address asks for explanations; the parameter without a value does, too, as engines read flags. */
export function asksInAddress(parameters: URLSearchParams): boolean {
  const value = parameters.get(EXPLAIN_OPTION)
  if (value === null || value === 'false') return false
  if (value === '' || value === 'true') return true
  throw badRequest(`[${EXPLAIN_OPTION}] must be true or false, received "${value}"`)
}

/** Takes the member out of a body, and says what it asked for; undefined where it is not there. */
export function takeExplainOption({ root }: JsonSource, edits: SourceEdits): boolean | undefined {
  const option = memberOf(root, EXPLAIN_OPTION)
  if (option === undefined || root.kind !== 'object') return undefined
  if (option.kind !== 'scalar' || typeof option.value !== 'boolean')
    throw badRequest(`[${EXPLAIN_OPTION}] must be true or false`)
  edits.removeMember(root, EXPLAIN_OPTION)
  return option.value
}
