import { type Command, InvalidArgumentError } from 'commander'
import { DEFAULT_LIMITS, leastOf, MAX_TIME_MS, type ProxyLimits } from '../proxy/http/limits.js'

/** One limit on the command line; times are seconds there. */
interface LimitFlag {
  readonly flag: string
  readonly limit: keyof ProxyLimits
  readonly help: string
  /** Shown in place of the default number. */
  readonly fallback?: string
}

const LIMIT_FLAGS: readonly LimitFlag[] = [
  { flag: '--max-requests <n>', limit: 'requests', help: 'requests in flight; more get 429' },
  { flag: '--max-connections <n>', limit: 'connections', help: 'connections of clients' },
  { flag: '--max-headers <bytes>', limit: 'headerBytes', help: 'all headers of a request' },
  {
    ...{ flag: '--max-body <bytes>', limit: 'bodyBytes', help: 'largest body that clients send' },
    fallback: 'as the engine says',
  },
  {
    flag: '--max-rewritten-body <bytes>',
    limit: 'rewrittenBodyBytes',
    help: 'largest body that is rewritten',
  },
  { flag: '--max-buffered <bytes>', limit: 'bufferedBytes', help: 'bodies held at a time; more get 429' },
  { flag: '--header-timeout <s>', limit: 'headersMs', help: 'time for the headers of a request' },
  { flag: '--request-timeout <s>', limit: 'requestMs', help: 'time for a whole request to arrive' },
  { flag: '--idle-timeout <s>', limit: 'idleMs', help: 'time without a request on a connection' },
  { flag: '--stall-timeout <s>', limit: 'stallMs', help: 'time in which a client takes nothing' },
  { flag: '--connect-timeout <s>', limit: 'connectMs', help: 'time to reach a node of the engine' },
  { flag: '--answer-timeout <s>', limit: 'answerMs', help: 'longest silence of the engine, 0 for any' },
  { flag: '--drain-timeout <s>', limit: 'drainMs', help: 'time for requests in flight on SIGTERM' },
]

/** Adds an option for each limit of the proxy. */
export function addLimitFlags(command: Command): Command {
  for (const { flag, limit, help, fallback } of LIMIT_FLAGS) {
    const shown = fallback ?? String(DEFAULT_LIMITS[limit] / unitOf(limit))
    command.option(flag, `${help} (default: ${shown})`, (text) => parseLimit(limit, text))
  }
  return command
}

/** @param flags as commander gives them */
export function proxyLimits(flags: object): Partial<ProxyLimits> {
  const given = flags as Readonly<Record<string, number | undefined>>
  return Object.fromEntries(
    LIMIT_FLAGS.flatMap(({ flag, limit }) => {
      const value = given[nameOf(flag)]
      return value === undefined ? [] : [[limit, value * unitOf(limit)]]
    }),
  )
}

function parseLimit(limit: keyof ProxyLimits, text: string): number {
  // Bytes may be more than other whole numbers on the command line.
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  const number = Number(text)
  const [least, most] = [leastOf(limit), MAX_TIME_MS / 1_000]
  if (number < least) throw new InvalidArgumentError(`It must be a whole number from ${least} on.`)
  if (isTime(limit) && number > most)
    throw new InvalidArgumentError(`It must be at most ${Math.floor(most)} seconds.`)
  return number
}

function isTime(limit: keyof ProxyLimits): boolean {
  return limit.endsWith('Ms')
}

/** What one of a flag's unit is in the limit's. */
function unitOf(limit: keyof ProxyLimits): number {
  return isTime(limit) ? 1_000 : 1
}

/** `--max-body <bytes>` is `maxBody` among the flags. */
function nameOf(flag: string): string {
  const [option = ''] = flag.slice(2).split(' ', 1)
  return option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
