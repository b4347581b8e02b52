import { type Command, InvalidArgumentError } from 'commander'
import { normalizePruneOptions, type PruneOptions } from '../encoder/pruning.js'

const OPTION_OF = {
  max_ratio: 'maxRatio',
  top_k: 'topK',
  abs_value: 'minWeight',
  alpha_mass: 'alphaMass',
} as const

/** Adds `--prune`, which may be given several times. */
export function addPruneFlag(command: Command, what: string): Command {
  return command.option(
    '--prune <rule=number>',
    `keep fewer terms of a ${what}: max_ratio=0.1, top_k=200, abs_value=0.05 or alpha_mass=0.95; repeatable (default: keep all)`,
    collectPruneRule,
  )
}

function collectPruneRule(text: string, previous: PruneOptions | undefined): PruneOptions {
  const [, rule = '', value = ''] = /^([a-z_]+)=(.+)$/.exec(text) ?? []
  if (!Object.hasOwn(OPTION_OF, rule))
    throw new InvalidArgumentError(
      `It must be one of ${Object.keys(OPTION_OF).join(', ')}, as in max_ratio=0.1.`,
    )
  try {
    return normalizePruneOptions({ ...previous, [OPTION_OF[rule as keyof typeof OPTION_OF]]: Number(value) })
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}
