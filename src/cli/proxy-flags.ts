import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { ConfigurationError, NOT_SHOWN } from '../errors.js'
import type { AccessRules } from '../proxy/http/access.js'
import type { ServerTls } from '../proxy/http/listener.js'
import type { UpstreamTls } from '../proxy/http/upstream-tls.js'
import { readCertificate } from './context.js'
import { addLimitFlags } from './proxy-limit-flags.js'
import { type Setting, writtenAs } from './settings.js'

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
}

/** Adds them to the command. */
export function addProxyFlags(command: Command): Command {
  command
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
  return addLimitFlags(command)
}

function collectTexts(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
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
 * @param passphrase of the key; from the environment
 * @throws ConfigurationError for a file that cannot be read, or a certificate without its key
 */
export async function upstreamTls(
  flags: ProxyFlags,
  caFile?: Setting,
  passphrase?: string,
): Promise<UpstreamTls> {
  requirePair('--upstream-cert', flags.upstreamCert, '--upstream-key', flags.upstreamKey)
  const ca = caFile && (await readCertificate(caFile))
  const certificate = await readPem('--upstream-cert', flags.upstreamCert)
  const key = await readPem('--upstream-key', flags.upstreamKey)
  const { upstreamFingerprint: fingerprint } = flags
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(fingerprint !== undefined && { fingerprint }),
  }
}

/** Flags, by the options of the library that they give. */
const FLAG_OF = new Map<string, readonly [flag: string, name: keyof ProxyFlags]>([
  ['tls.certificate', ['--tls-cert', 'tlsCert']],
  ['tls.key', ['--tls-key', 'tlsKey']],
  ['tls.clientCa', ['--tls-client-ca', 'tlsClientCa']],
  ['upstreamTls.certificate', ['--upstream-cert', 'upstreamCert']],
  ['upstreamTls.key', ['--upstream-key', 'upstreamKey']],
  ['upstreamTls.fingerprint', ['--upstream-fingerprint', 'upstreamFingerprint']],
])

/**
 * What `work` gives; an error that names an option of the library names the flag instead, and the file that it gave.
 *
 * @param caFile the setting of this name
 */
export function namedByFlags<Result>(
  flags: ProxyFlags,
  caFile: Setting | undefined,
  work: () => Result,
): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    const { option, rule, received } = error
    if (option === 'upstreamTls.ca' && caFile !== undefined)
      throw new ConfigurationError(writtenAs('caFile', caFile), rule, caFile.value)
    const [flag, name] = FLAG_OF.get(option) ?? []
    if (flag === undefined || name === undefined) throw error
    throw new ConfigurationError(flag, rule, received === NOT_SHOWN ? flags[name] : received)
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
