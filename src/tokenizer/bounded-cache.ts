/** Keys are short; longer ones seldom come again. */
const MAX_KEY_UNITS = 48

/** Entries of the newer generation; the older holds as many again. */
const GENERATION_SIZE = 1 << 15

/**
 * Remembers values for the strings used last. Two generations instead of a list in order of use: when the newer is
 * full it becomes the older, and the older is forgotten. Costs one Map look-up where the string was used of late.
 */
export class BoundedCache<Value> {
  private newer = new Map<string, Value>()
  private older = new Map<string, Value>()

  /**
   * @param compute gives the value of a key; must give equal values for equal keys
   * @param generationSize entries of a generation; two are kept
   */
  constructor(
    private readonly compute: (key: string) => Value,
    private readonly generationSize = GENERATION_SIZE,
  ) {}

  /** Number of values held. */
  get size(): number {
    return this.newer.size + this.older.size
  }

  /** The value of a key, remembered or computed. */
  get(key: string): Value {
    const recent = this.newer.get(key)
    if (recent !== undefined) return recent
    const value = this.older.get(key) ?? this.compute(key)
    if (key.length <= MAX_KEY_UNITS) this.remember(key, value)
    return value
  }

  private remember(key: string, value: Value): void {
    if (this.newer.size >= this.generationSize) {
      this.older = this.newer
      this.newer = new Map()
    }
    this.newer.set(ownCopy(key), value)
  }
}

/** A part cut out of a long text keeps the whole text in memory; a copy does not. */
function ownCopy(key: string): string {
  return Buffer.from(key, 'utf16le').toString('utf16le')
}
