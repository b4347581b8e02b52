import type { OwnAnswer } from '../../rewriter.js'
import { explainAnswer } from '../explanation/explain-answer.js'
import type { RequestLookups } from '../lookups.js'
import type { RewrittenBody } from '../rewrite-body.js'
import type { FusedAnswer } from './fused-answer.js'

/**
 * An answer of several searches as the client gets it: explained where it asked, with the warnings of rewriting.
 *
 * @param rewritten undefined where no sparse query was among them
 * @param explain whether the client asked for explanations. Default: where its body did
 */
export async function completeFused(
  answer: FusedAnswer,
  rewritten: RewrittenBody | undefined,
  lookups: RequestLookups,
  explain = rewritten?.explain ?? false,
): Promise<OwnAnswer> {
  for (const warning of rewritten?.warnings ?? []) lookups.warn(warning)
  if (!explain) return answer
  const { fusion } = answer
  const asked = { clauses: rewritten?.clauses ?? [], ownsTree: false, fusion }
  const explained = await explainAnswer(answer, asked, lookups)
  return { kind: 'answer', ...explained }
}
