import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { alertFiles, alertText } from '../../dashboards/alerts/alert-files.js'
import { dashboardObjects, type Product, PRODUCTS } from '../../dashboards/bundle.js'
import { installDashboards, type InstallResult } from '../../dashboards/install.js'
import { toNdjson } from '../../dashboards/saved-object.js'
import { authorizationHeader } from '../../engine/connect.js'
import { ConfigurationError } from '../../errors.js'
import { type CliContext, readCertificate, readSettings } from '../context.js'
import { UsageError } from '../exit.js'
import { countOf } from '../plural.js'
import { addSettings, type Settings } from '../settings.js'
import { note, print, type Terminal } from '../terminal.js'

interface ExportFlags {
  readonly for: Product
  readonly out?: string
  readonly alerts?: boolean
}

interface InstallFlags {
  readonly dashboardsUrl: string
  readonly space?: string
  readonly tenant?: string
  readonly overwrite?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `splade-bridge dashboards export|install`. */
export function defineDashboards(command: Command, context: CliContext): void {
  command
    .command('export')
    .description('write the dashboards as saved objects, for an import by hand')
    .addOption(new Option('--for <product>', 'what shows them').choices(PRODUCTS).makeOptionMandatory())
    .option('--out <file>', 'write to this file (default: standard output); of alert rules, to this folder')
    .option(
      '--alerts',
      'the examples of alert rules instead, a file for each, as the API of the product takes it',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ splade-bridge dashboards export --for kibana --out splade-bridge.ndjson\n' +
        '  $ splade-bridge dashboards export --for opensearch --alerts --out alerts',
    )
    .action((flags: ExportFlags) => exportDashboards(context, flags))
  const install = command
    .command('install')
    .description('put the dashboards into Kibana or OpenSearch Dashboards, whichever answers')
    .option('--dashboards-url <url>', 'address of Kibana or OpenSearch Dashboards', 'http://127.0.0.1:5601')
  addSettings(install, ['username', 'caFile'])
    .option('--space <name>', 'space of Kibana')
    .option('--tenant <name>', 'tenant of OpenSearch Dashboards')
    .option('--overwrite', 'replace objects that are there; otherwise they are left as they are')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'print {"product","created","replaced","kept"}, each a list of "type/id"')
    .addHelpText(
      'after',
      '\nUser, password and API key are those of the settings (SPLADE_BRIDGE_USERNAME and so on).\n\n' +
        'Examples:\n  $ splade-bridge dashboards install --dry-run\n' +
        '  $ splade-bridge dashboards install --dashboards-url https://kibana.example.com:5601 --space search --overwrite',
    )
    .action((flags: InstallFlags) => runInstall(context, flags, install.optsWithGlobals()))
  command.addHelpText(
    'after',
    '\nExamples:\n  $ splade-bridge dashboards export --for kibana --out splade-bridge.ndjson\n' +
      '  $ splade-bridge dashboards install --dry-run',
  )
}

async function exportDashboards(
  { terminal }: CliContext,
  { for: product, out, alerts }: ExportFlags,
): Promise<void> {
  if (alerts === true) {
    await exportAlerts(terminal, product, out)
    return
  }
  const objects = await dashboardObjects(product)
  const text = toNdjson(objects)
  if (out === undefined) {
    terminal.out.write(text)
    return
  }
  await writing(out, () => writeFile(out, text))
  note(terminal, `${countOf(objects.length, 'object')} written to ${out}`)
}

async function exportAlerts(terminal: Terminal, product: Product, out: string | undefined): Promise<void> {
  if (out === undefined)
    throw new UsageError('--alerts needs --out, the folder that the files are written to')
  const files = alertFiles(product)
  await writing(out, async () => {
    await mkdir(out, { recursive: true })
    for (const file of files) await writeFile(join(out, file.name), alertText(file))
  })
  note(terminal, `${countOf(files.length, 'alert rule')} written to ${out}`)
}

/** @throws ConfigurationError for a file or folder that cannot be written */
async function writing(out: string, write: () => Promise<void>): Promise<void> {
  await write().catch((cause: unknown) => {
    const { code = 'error' } = cause as NodeJS.ErrnoException
    throw new ConfigurationError('--out', `cannot be written (${code})`, out)
  })
}

async function runInstall(
  context: CliContext,
  flags: InstallFlags,
  all: Record<string, unknown>,
): Promise<void> {
  const settings = await readSettings(context, all)
  const { dashboardsUrl: url, space, tenant, overwrite = false, dryRun = false } = flags
  const result = await installDashboards({
    url,
    overwrite,
    dryRun,
    ...(space !== undefined && { space }),
    ...(tenant !== undefined && { tenant }),
    ...(await credentials(settings)),
  })
  if (flags.json === true) print(context.terminal, JSON.stringify(result))
  else report(context.terminal, result, dryRun)
}

async function credentials({ values }: Settings): Promise<{ authorization?: string; ca?: string }> {
  const [username, password, apiKey] = (['username', 'password', 'apiKey'] as const).map(
    (name) => values.get(name)?.value,
  )
  const caFile = values.get('caFile')
  const authorization = authorizationHeader(username, password, apiKey)
  return {
    ...(authorization !== undefined && { authorization }),
    ...(caFile !== undefined && { ca: await readCertificate(caFile) }),
  }
}

function report(
  terminal: Terminal,
  { product, created, replaced, kept }: InstallResult,
  dryRun: boolean,
): void {
  const name = product === 'kibana' ? 'Kibana' : 'OpenSearch Dashboards'
  const verb = dryRun ? 'would be ' : ''
  const lines = [
    [created, `${verb}created`],
    [replaced, `${verb}replaced`],
    [kept, `${verb}left as ${kept.length === 1 ? 'it is' : 'they are'} (--overwrite replaces)`],
  ] as const
  for (const [objects, what] of lines) {
    if (objects.length > 0) print(terminal, `${name}: ${countOf(objects.length, 'object')} ${what}`)
  }
}
