/** How long at least one of several overlapping pieces of work has been under way. */
export class BusyClock {
  private running = 0
  private since = 0
  private total = 0

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running === 0) this.since = this.now()
    this.running += 1
    try {
      return await work()
    } finally {
      this.running -= 1
      if (this.running === 0) this.total += this.now() - this.since
    }
  }

  busyMs(): number {
    return this.total + (this.running > 0 ? this.now() - this.since : 0)
  }
}
