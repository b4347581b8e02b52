import type { RuleCount } from '../../../telemetry/proxy-metrics.js'
import type { RuleEvent } from './apply-rules.js'

/** How many queries each rule met, by what became of them. */
export class RuleCounts {
  private readonly counts = new Map<string, RuleCount>()

  add({ rule, outcome }: Pick<RuleEvent, 'rule' | 'outcome'>): void {
    const key = `${outcome} ${rule}`
    const queries = (this.counts.get(key)?.queries ?? 0) + 1
    this.counts.set(key, { rule, outcome, queries })
  }

  list(): readonly RuleCount[] {
    return [...this.counts.values()]
  }
}
