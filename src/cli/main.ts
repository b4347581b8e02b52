#!/usr/bin/env node
import { type Command, CommanderError } from 'commander'
import type { CliContext } from './context.js'
import { refuseTf32 } from './cuda-environment.js'
import { describeError, EXIT, exitCodeOf, isInterruption } from './exit.js'
import { byItsFlag } from './flag-names.js'
import { buildProgram, withoutVainHelp } from './program.js'
import { endQuietlyOnClosedPipe, note, processTerminal, type Terminal } from './terminal.js'

/** The first Ctrl-C asks the command to finish what is in flight; the second ends at once. */
function listenForInterrupts(controller: AbortController, terminal: Terminal): void {
  const interrupt = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      endBy(signal)
      return
    }
    note(terminal, 'stopping… (Ctrl-C again ends at once)')
    controller.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
}

/** As if nobody listened. `process.exit` would wait for the run of a model that is in flight. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

async function main(): Promise<void> {
  refuseTf32()
  const controller = new AbortController()
  const terminal = processTerminal()
  const context: CliContext = { terminal, environment: process.env, signal: controller.signal }
  endQuietlyOnClosedPipe(process.stdout)
  endQuietlyOnClosedPipe(process.stderr)
  listenForInterrupts(controller, terminal)
  let acting: Command | undefined
  try {
    const program = await buildProgram(context, process.argv.slice(2))
    program.hook('preAction', (_, command) => {
      acting = command
    })
    await program.parseAsync(withoutVainHelp(process.argv.slice(2)), { from: 'user' })
  } catch (error) {
    if (isInterruption(error, controller.signal)) {
      note(terminal, 'interrupted')
      process.exitCode = EXIT.interrupted
      return
    }
    // commander has said its own errors already.
    if (!(error instanceof CommanderError)) note(terminal, describeError(byItsFlag(error, acting)))
    process.exitCode = exitCodeOf(error)
  }
}

await main()
