import { type DestinationStream, type Logger, pino } from 'pino'
import { ConfigurationError } from '../errors.js'

/** Levels of a log, most talkative first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/** What a log is written with: facts first, then the message. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'isLevelEnabled'>

/** Names under which a secret could come into a log line; nothing is logged under them on purpose. */
const SECRETS = ['authorization', 'cookie', 'password', 'apiKey', 'key', 'passphrase']

/**
 * A log of JSON lines: `{"level":"info","time":"…","msg":"…",…}`.
 *
 * @throws ConfigurationError for a level that there is not
 */
export function createLog(level: string, destination: DestinationStream): Log {
  if (!LOG_LEVELS.some((known) => known === level))
    throw new ConfigurationError('log level', `must be one of ${LOG_LEVELS.join(', ')}`, level)
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]),
        censor: '(not shown)',
      },
    },
    destination,
  )
}
