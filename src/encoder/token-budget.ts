interface Waiting {
  readonly tokens: number
  readonly resume: () => void
}

/**
 * Bounds the tokens that are on their way through a model, whoever handed them in: a text of thousands of chunks
 * takes its turns, and the texts behind it are not even tokenized until there is room.
 */
export class TokenBudget {
  private inUse = 0
  private readonly waiting: Waiting[] = []

  /** @param limit most tokens at once; more than that are let through alone */
  constructor(private readonly limit: number) {}

  /** Waits until there is room, in order of the calls. */
  async take(tokens: number): Promise<void> {
    if (this.waiting.length === 0 && this.hasRoom(tokens)) this.inUse += tokens
    else await new Promise<void>((resume) => this.waiting.push({ tokens, resume }))
  }

  /** Makes room again. */
  give(tokens: number): void {
    this.inUse -= tokens
    for (let [next] = this.waiting; next !== undefined && this.hasRoom(next.tokens); [next] = this.waiting) {
      this.waiting.shift()
      this.inUse += next.tokens
      next.resume()
    }
  }

  private hasRoom(tokens: number): boolean {
    return this.inUse === 0 || this.inUse + tokens <= this.limit
  }
}
