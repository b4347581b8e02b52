import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ConfigurationError } from '../errors.js'

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly contentType: string
  readonly bytes: Buffer
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Reads the built page. It is small, and what is not among its files cannot be asked for.
 *
 * @param folder where `npm run build` has put it
 * @returns path, `/` being the page itself -> file
 * @throws ConfigurationError if it was not built
 */
export async function readPage(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const names = await readdir(folder).catch((): string[] => [])
  if (!names.includes('index.html'))
    throw new ConfigurationError('the page', 'must be built: run "npm run build"', folder)
  const files = await Promise.all(
    names.map(async (name) => {
      const contentType = CONTENT_TYPES[extname(name)]
      if (contentType === undefined) return []
      const bytes = await readFile(join(folder, name))
      return [[name === 'index.html' ? '/' : `/${name}`, { contentType, bytes }] as const]
    }),
  )
  return new Map(files.flat())
}
