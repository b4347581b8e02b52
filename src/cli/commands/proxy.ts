import { type Command, Option } from 'commander'
import type { Encoder } from '../../encoder/encoder.js'
import { withQueryCache } from '../../encoder/query-cache.js'
import { ConfigurationError } from '../../errors.js'
import { PAGE_PATH } from '../../proxy/http/page-route.js'
import { createProxy, type ProxyOptions } from '../../proxy/http/proxy-server.js'
import { createRewriter } from '../../proxy/rewrite/create-rewriter.js'
import { readRewriteConfig } from '../../proxy/rewrite/config/rewrite-config.js'
import type { RewriterOptions } from '../../proxy/rewrite/rewriter-options.js'
import { createLog, type Log, LOG_LEVELS } from '../../telemetry/log.js'
import { type CliContext, readSettings, settingValue } from '../context.js'
import { encoderSettings, openEncoder } from '../encoders.js'
import { deviceWarning, INFERENCE_SETTINGS } from '../inference-settings.js'
import { type ListenAddress, listenOn, listenOption } from '../listen-address.js'
import { LEXICAL_MODEL } from '../models.js'
import {
  accessRules,
  addProxyFlags,
  namedByFlags,
  type ProxyFlags,
  serverTls,
  upstreamTls,
} from '../proxy-flags.js'
import { proxyLimits } from '../proxy-limit-flags.js'
import { askedPageIndex, type PageFlags, withPage } from '../proxy-page.js'
import { addTraceFlags, type TraceFlags, withTraces } from '../proxy-traces.js'
import { addSettings, type Setting, type Settings } from '../settings.js'
import { telemetryContext } from '../telemetry.js'
import { print } from '../terminal.js'
import { untilAborted } from '../until-aborted.js'

interface Flags extends ProxyFlags, PageFlags, TraceFlags {
  readonly upstream?: readonly string[]
  readonly listen: ListenAddress
  readonly rewriteConfig?: string
  readonly credentials: 'caller' | 'configured'
  readonly elasticsearchClients?: boolean
  readonly logLevel: string
  readonly logRequests?: boolean
  readonly json?: boolean
}

const HELP = `
Without --upstream the setting "url" names the engine. SPLADE_BRIDGE_PROXY_KEY is the key that callers must send where
--credentials is configured; SPLADE_BRIDGE_TLS_PASSPHRASE opens --tls-key, SPLADE_BRIDGE_UPSTREAM_PASSPHRASE
--upstream-key.

Examples:
  $ splade-bridge proxy --upstream http://127.0.0.1:9200
  $ splade-bridge proxy --upstream https://a:9200,https://b:9200 --ca-file ca.pem --listen 127.0.0.1:9300
  $ splade-bridge proxy --no-rewrite --log-requests
  $ splade-bridge proxy --ui --ui-index articles
  $ curl 127.0.0.1:9300/_splade/ready`

/** `splade-bridge proxy`: existing clients, existing clusters. */
export function defineProxy(proxy: Command, context: CliContext): void {
  proxy
    .option('--upstream <url[,url]>', 'nodes of the cluster (repeatable)', collectAddresses)
    .addOption(listenOption(9300))
    .option('--no-rewrite', 'pass everything through; no model is loaded')
    .option(
      '--rewrite-config <file>',
      'rules for full-text queries and other options of rewriting, YAML or JSON',
    )
  addSettings(proxy, ['model', 'username', 'caFile', 'telemetry', ...INFERENCE_SETTINGS])
  addTraceFlags(addProxyFlags(proxy))
    .addOption(
      new Option('--credentials <whose>', 'what the engine is sent: what callers send, or the settings')
        .choices(['caller', 'configured'])
        .default('caller'),
    )
    .option('--ui', 'serve the playground page under /_splade/ui/')
    .option('--ui-index <name>', 'index that the page searches (default: the setting "index")')
    .option('--elasticsearch-clients', "let Elasticsearch's own clients talk to OpenSearch")
    .addOption(
      new Option('--log-level <level>', 'what is logged to standard error')
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .option('--log-requests', 'log every request, without its query and its body')
    .option('--json', 'print {"url","upstreams","model","fingerprint"} once it listens, with --ui also "ui"')
    .addHelpText('after', HELP)
    .action((flags: Flags) => runProxy(context, flags, proxy.optsWithGlobals()))
}

function collectAddresses(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((address) => address.trim())]
}

async function runProxy(context: CliContext, flags: Flags, all: Record<string, unknown>): Promise<void> {
  const settings = await readSettings(context, all)
  const upstreams = flags.upstream ?? [settingValue(settings, 'url')]
  const options = await proxyOptions(context, flags, settings, upstreams)
  const rewriting = await rewriteOptions(flags, options.log)
  const pageIndex = askedPageIndex(flags, settings, options.access)
  const encoder = flags.rewrite ? await openProxyEncoder(context, settings) : undefined
  const encoders = encoder === undefined ? [] : [encoder]
  try {
    const rewriter = flags.rewrite && createRewriter({ ...rewriting, encoders })
    const served = { ...options, ...(rewriter && { rewriter }) }
    const asksForCredentials = options.authorization === undefined
    const shown = pageIndex === undefined ? undefined : { encoders, index: pageIndex, asksForCredentials }
    const traceSettings = { queryText: options.telemetry?.queryText === true, log: options.log }
    await withTraces(flags, context.environment, traceSettings, (observer) =>
      withPage(shown, (page) =>
        serve(
          context,
          flags,
          { ...served, ...(page && { page }), ...(observer && { observer }) },
          { encoder, caFile: settings.values.get('caFile') },
        ),
      ),
    )
  } finally {
    await encoder?.close()
  }
}

/** @throws ConfigurationError for a file of options where nothing is rewritten */
async function rewriteOptions(
  { rewrite, rewriteConfig }: Flags,
  log: Log,
): Promise<Omit<RewriterOptions, 'encoders'>> {
  if (rewriteConfig !== undefined && !rewrite)
    throw new ConfigurationError('--rewrite-config', 'cannot be combined with --no-rewrite', rewriteConfig)
  const config = rewriteConfig === undefined ? {} : await readRewriteConfig(rewriteConfig)
  return {
    ...config,
    onEvent: ({ kind, ...event }) => {
      // What a rule in the shadow would do is what its author wants to read; what rules do, they do all day.
      log[event.outcome === 'shadowed' ? 'info' : 'debug'](event, kind)
    },
  }
}

async function proxyOptions(
  { environment, terminal }: CliContext,
  flags: Flags,
  settings: Settings,
  upstreams: readonly string[],
): Promise<ProxyOptions> {
  const tls = await serverTls(flags, environment.SPLADE_BRIDGE_TLS_PASSPHRASE)
  const authorization = flags.credentials === 'configured' ? requiredAuthorization(settings) : undefined
  const telemetry = telemetryOptions(settings)
  const callerKey = environment.SPLADE_BRIDGE_PROXY_KEY
  return {
    upstreams,
    upstreamTls: await upstreamTls(
      flags,
      settings.values.get('caFile'),
      environment.SPLADE_BRIDGE_UPSTREAM_PASSPHRASE,
    ),
    access: accessRules(flags),
    limits: proxyLimits(flags),
    log: createLog(flags.logLevel, { write: (line) => terminal.err.write(line) }),
    logsRequests: flags.logRequests ?? false,
    elasticsearchClients: flags.elasticsearchClients ?? false,
    ...(tls !== undefined && { tls }),
    ...(authorization !== undefined && { authorization }),
    ...(telemetry && { telemetry }),
    ...(callerKey !== undefined && callerKey !== '' && { callerKey }),
  }
}

/** Events are written with the credentials of the settings, whoever's go to the engine with requests. */
function telemetryOptions(settings: Settings): ProxyOptions['telemetry'] {
  const context = telemetryContext(settings)
  const authorization = context && ownAuthorization(settings)
  return context && { ...context, ...(authorization !== undefined && { authorization }) }
}

/** @throws ConfigurationError if the settings hold two kinds of credentials */
function ownAuthorization({ values }: Settings): string | undefined {
  const [username, password, apiKey] = (['username', 'password', 'apiKey'] as const).map(
    (name) => values.get(name)?.value,
  )
  if (apiKey !== undefined && username !== undefined)
    throw new ConfigurationError('apiKey', 'excludes a user name: give one of them', 'both')
  if (apiKey !== undefined) return `ApiKey ${apiKey}`
  if (username === undefined || password === undefined) return undefined
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** @throws ConfigurationError if the settings hold no credentials */
function requiredAuthorization(settings: Settings): string {
  const authorization = ownAuthorization(settings)
  if (authorization !== undefined) return authorization
  throw new ConfigurationError(
    '--credentials',
    'needs an API key, or a user name and a password',
    'configured',
  )
}

/** Undefined for the lexical encoder, whose query weights are those of the index at hand. */
async function openProxyEncoder(context: CliContext, settings: Settings): Promise<Encoder | undefined> {
  const model = settingValue(settings, 'model')
  if (model === LEXICAL_MODEL) return undefined
  const encoder = await openEncoder(model, {
    ...encoderSettings(settings),
    workload: 'single',
    onDevice: deviceWarning(context.terminal),
  })
  return withQueryCache(encoder)
}

async function serve(
  { terminal, signal }: CliContext,
  flags: Flags,
  options: ProxyOptions,
  { encoder, caFile }: { readonly encoder: Encoder | undefined; readonly caFile: Setting | undefined },
): Promise<void> {
  const { log, upstreams } = options
  const proxy = namedByFlags(flags, caFile, () => createProxy(options))
  const { listen, json } = flags
  try {
    const url = await listenOn(proxy, listen)
    const { name: model, fingerprint } = encoder?.identity ?? { name: null, fingerprint: null }
    const ui = options.page && `${url}${PAGE_PATH}/`
    if (json === true)
      print(terminal, JSON.stringify({ url, upstreams, model, fingerprint, ...(ui && { ui }) }))
    else {
      const encoding = model === null ? '' : `, encoding with ${model}`
      const page = ui === undefined ? '' : `${ui}\n`
      print(terminal, `${url} -> ${upstreams.join(', ')}${encoding}\n${page}press Ctrl-C to stop`)
    }
    await untilAborted(signal)
    log.info({}, 'stopping: requests in flight are finished')
  } finally {
    await proxy.close()
  }
}
