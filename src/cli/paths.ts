import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import envPaths from 'env-paths'

const user = envPaths('splade-bridge', { suffix: '' })

/** Root of the installed package: the folder that holds `models/`, `mappings/` and `engine/`. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Folders of the user, by the platform's own rules (XDG on Linux). */
export const userPaths = {
  /** Rebuilt at need: engine jars. */
  cache: user.cache,
  /** Models that the user added. */
  models: join(user.data, 'models'),
  /** State of engines that run in the background, and their logs. */
  state: user.log,
}

export const bundledModels = join(packageRoot, 'models')

/** Where `npm run build` puts the page of `ui`. */
export const pageFolder = join(packageRoot, 'dist', 'page')
