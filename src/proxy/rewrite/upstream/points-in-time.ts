import { LRUCache } from 'lru-cache'
import type { IndexExpression } from './index-targets.js'

const REMEMBERED = 10_000
/** Engines let nobody keep one longer without asking again. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000

/** Which indices points in time were opened on, as far as they were opened through this proxy. */
export class PointsInTime {
  private readonly opened = new LRUCache<string, IndexExpression>({ max: REMEMBERED, ttl: REMEMBERED_MS })

  remember(id: string, expression: IndexExpression): void {
    this.opened.set(id, expression)
  }

  /** @returns undefined for one that was opened elsewhere, or long ago */
  indicesOf(id: string): IndexExpression | undefined {
    return this.opened.get(id)
  }
}
