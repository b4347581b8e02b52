import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { addDoctorCommand } from './commands/doctor.js'
import { addEncodeCommand } from './commands/encode.js'
import { addEncoderCommand } from './commands/encoder.js'
import { addEngineCommand } from './commands/engine.js'
import { addEvalCommand } from './commands/eval.js'
import { addIndexCommand } from './commands/index-files.js'
import { addInitCommand } from './commands/init.js'
import { addModelCommand } from './commands/model.js'
import { addQuickstartCommand } from './commands/quickstart.js'
import { addSearchCommand } from './commands/search.js'
import type { CliContext } from './context.js'
import { packageRoot } from './paths.js'

const FOOTER = `
Settings are taken from the command line, then from environment variables (SPLADE_BRIDGE_…), then from
splade-bridge.config.json or .yaml in this folder or above it. "splade-bridge doctor" shows what is in force.

Exit codes: 0 done, 1 failed, 2 the command line or configuration is wrong, 130 interrupted.

First steps:
  $ splade-bridge quickstart
  $ splade-bridge engine start --detach
  $ splade-bridge index examples/en/corpus.jsonl
  $ splade-bridge search "my car won't start"`

/** The whole command line; commands are only parsed, nothing runs until `parseAsync`. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('splade-bridge')
    .description(
      'Learned-sparse search for Elasticsearch and OpenSearch: term weights in, explained hits out',
    )
    .version(readVersion(), '-V, --version')
    .option('--config <file>', 'configuration file to use')
    .configureOutput({
      writeOut: (text) => context.terminal.out.write(text),
      writeErr: (text) => context.terminal.err.write(text),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options and examples)')
    .addHelpText('after', FOOTER)
    .exitOverride()
  addQuickstartCommand(program, context)
  addEngineCommand(program, context)
  addModelCommand(program, context)
  addEncodeCommand(program, context)
  addInitCommand(program, context)
  addIndexCommand(program, context)
  addSearchCommand(program, context)
  addEvalCommand(program, context)
  addEncoderCommand(program, context)
  addDoctorCommand(program, context)
  return program
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}
