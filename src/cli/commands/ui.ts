import type { Command } from 'commander'
import { readPage } from '../../web/page-files.js'
import { createPlayground } from '../../web/playground.js'
import { createWebServer } from '../../web/web-server.js'
import { type CliContext, readSettings, settingValue } from '../context.js'
import { type ListenAddress, listenOn, listenOption } from '../listen-address.js'
import { pageFolder } from '../paths.js'
import { addSettings, type Settings } from '../settings.js'
import { note, print } from '../terminal.js'
import { untilAborted } from '../until-aborted.js'
import { withSearcher } from '../with-searcher.js'
import { ENGINE_SETTINGS } from './init.js'

interface UiFlags {
  readonly listen: ListenAddress
  readonly json?: boolean
}

const LOOPBACK = /^(127\.|localhost$|::1$)/

const HELP = `
The page searches with the rights of whoever starts this command, and asks nobody for a password: think twice before
--listen names an address that others can reach.

Examples:
  $ splade-bridge ui
  $ splade-bridge ui --index products --listen 127.0.0.1:9500`

/** `splade-bridge ui`: the playground page. */
export function defineUi(command: Command, context: CliContext): void {
  command.addOption(listenOption(9400))
  addSettings(command, [...ENGINE_SETTINGS, 'field'])
  command
    .option('--json', 'print {"url","index","model","fingerprint"} once it listens')
    .addHelpText('after', HELP)
    .action((flags: UiFlags) => runUi(context, flags, command.optsWithGlobals()))
}

async function runUi(context: CliContext, flags: UiFlags, all: Record<string, unknown>): Promise<void> {
  const settings = await readSettings(context, all)
  const page = await readPage(pageFolder)
  await withSearcher(context, settings, async ({ client, encoder, searcher, index }) => {
    const playground = createPlayground({ client, encoder, searcher, index, engineUrl: addressOf(settings) })
    await serve(context, flags, createWebServer({ playground, page }), { index, ...encoder.identity })
  })
}

/** The page shows it, and may be shown to others. */
function addressOf(settings: Settings): string {
  const url = new URL(settingValue(settings, 'url'))
  url.username = ''
  url.password = ''
  return url.href.replace(/\/$/, '')
}

interface Served {
  readonly index: string
  readonly name: string
  readonly fingerprint: string
}

async function serve(
  { terminal, signal }: CliContext,
  { listen, json }: UiFlags,
  server: ReturnType<typeof createWebServer>,
  { index, name, fingerprint }: Served,
): Promise<void> {
  try {
    const url = await listenOn(server, listen)
    if (!LOOPBACK.test(listen.host))
      note(terminal, `warning: whoever reaches ${url} can search index ${index} without a password`)
    if (json === true) print(terminal, JSON.stringify({ url, index, model: name, fingerprint }))
    else print(terminal, `${url}  index ${index}, encoding with ${name}\npress Ctrl-C to stop`)
    await untilAborted(signal)
  } finally {
    await server.close()
  }
}
