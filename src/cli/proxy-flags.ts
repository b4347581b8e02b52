import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { ConfigurationError } from '../errors.js'
import type { AccessRules } from '../proxy/http/access.js'
import type { ProxyLimits } from '../proxy/http/limits.js'
import type { ServerTls } from '../proxy/http/listener.js'
import type { UpstreamTls } from '../proxy/http/upstream-tls.js'
import { wholeNumber } from './whole-number.js'

/** Flags of `proxy` that are about carrying requests. */
export interface ProxyFlags {
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsClientCa?: string
  readonly upstreamCert?: string
  readonly upstreamKey?: string
  readonly upstreamFingerprint?: string
  readonly allowPath?: readonly string[]
  readonly denyPath?: readonly string[]
  readonly allowIndex?: readonly string[]
  readonly denyIndex?: readonly string[]
  readonly maxRequests?: number
  readonly maxBody?: number
  readonly maxRewrittenBody?: number
  readonly answerTimeout?: number
  readonly drainTimeout?: number
}

/** Adds them to the command. */
export function addProxyFlags(command: Command): Command {
  return command
    .option('--tls-cert <pem>', 'certificate shown to clients; they then speak HTTPS')
    .option('--tls-key <pem>', 'its key')
    .option('--tls-client-ca <pem>', 'clients must show a certificate of this authority')
    .option('--upstream-cert <pem>', 'certificate shown to the engine')
    .option('--upstream-key <pem>', 'its key')
    .option(
      '--upstream-fingerprint <sha256>',
      "SHA-256 of the engine's certificate, or of the authority that signed it; nothing else is trusted then",
    )
    .option('--allow-path <pattern>', 'open these paths only; * is any text (repeatable)', collectTexts)
    .option('--deny-path <pattern>', 'close these paths (repeatable)', collectTexts)
    .option('--allow-index <pattern>', 'open these indices only (repeatable)', collectTexts)
    .option('--deny-index <pattern>', 'close these indices (repeatable)', collectTexts)
    .option('--max-requests <n>', 'requests in flight; more get 429 (default: 1000)', wholeNumber)
    .option(
      '--max-body <bytes>',
      'largest body that passes through (default: as the engine says)',
      wholeNumber,
    )
    .option(
      '--max-rewritten-body <bytes>',
      'largest body that is rewritten (default: 104857600)',
      wholeNumber,
    )
    .option('--answer-timeout <s>', 'longest silence of the engine, 0 for any (default: 3600)', wholeNumber)
    .option('--drain-timeout <s>', 'time for requests in flight on SIGTERM (default: 30)', wholeNumber)
}

function collectTexts(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

export function proxyLimits(flags: ProxyFlags): Partial<ProxyLimits> {
  const { maxRequests, maxBody, maxRewrittenBody, answerTimeout, drainTimeout } = flags
  return {
    ...(maxRequests !== undefined && { requests: maxRequests }),
    ...(maxBody !== undefined && { bodyBytes: maxBody }),
    ...(maxRewrittenBody !== undefined && { rewrittenBodyBytes: maxRewrittenBody }),
    ...(answerTimeout !== undefined && { answerMs: answerTimeout * 1_000 }),
    ...(drainTimeout !== undefined && { drainMs: drainTimeout * 1_000 }),
  }
}

export function accessRules({ allowPath, denyPath, allowIndex, denyIndex }: ProxyFlags): AccessRules {
  return {
    ...(allowPath && { allowPaths: allowPath }),
    ...(denyPath && { denyPaths: denyPath }),
    ...(allowIndex && { allowIndices: allowIndex }),
    ...(denyIndex && { denyIndices: denyIndex }),
  }
}

/**
 * @param passphrase of the key; from the environment
 * @throws ConfigurationError for a file that cannot be read, or a certificate without its key
 */
export async function serverTls(flags: ProxyFlags, passphrase?: string): Promise<ServerTls | undefined> {
  requirePair('--tls-cert', flags.tlsCert, '--tls-key', flags.tlsKey)
  const certificate = await readPem('--tls-cert', flags.tlsCert)
  const key = await readPem('--tls-key', flags.tlsKey)
  const clientCa = await readPem('--tls-client-ca', flags.tlsClientCa)
  if (certificate === undefined || key === undefined) {
    if (clientCa === undefined) return undefined
    throw new ConfigurationError('--tls-client-ca', 'needs --tls-cert and --tls-key', flags.tlsClientCa)
  }
  return {
    certificate,
    key,
    ...(passphrase !== undefined && { passphrase }),
    ...(clientCa !== undefined && { clientCa }),
  }
}

/**
 * @param caFile the setting of this name
 * @throws ConfigurationError for a file that cannot be read, or a certificate without its key
 */
export async function upstreamTls(flags: ProxyFlags, caFile?: string): Promise<UpstreamTls> {
  requirePair('--upstream-cert', flags.upstreamCert, '--upstream-key', flags.upstreamKey)
  const ca = await readPem('caFile', caFile)
  const certificate = await readPem('--upstream-cert', flags.upstreamCert)
  const key = await readPem('--upstream-key', flags.upstreamKey)
  const { upstreamFingerprint: fingerprint } = flags
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(fingerprint !== undefined && { fingerprint }),
  }
}

function requirePair(
  one: string,
  first: string | undefined,
  other: string,
  second: string | undefined,
): void {
  if ((first === undefined) === (second === undefined)) return
  throw new ConfigurationError(one, `and ${other} belong together`, first ?? second)
}

async function readPem(option: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigurationError(
      option,
      `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
      path,
    )
  })
}
