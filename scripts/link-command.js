// Makes `npx splade-bridge` work inside a clone: npm links the commands of dependencies into node_modules/.bin, but not
// the package's own, and npx would otherwise install the clone into its cache first.
import { chmod, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const commands = join(root, 'node_modules', '.bin')

// A package that is installed from a registry has no node_modules of its own, and npm links its command.
await mkdir(commands, { recursive: true })
await chmod(join(root, 'dist', 'cli', 'main.js'), 0o755)
await rm(join(commands, 'splade-bridge'), { force: true })
await symlink(join('..', '..', 'dist', 'cli', 'main.js'), join(commands, 'splade-bridge'))
