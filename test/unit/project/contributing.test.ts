import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

it('justifies exactly the runtime dependencies of package.json in CONTRIBUTING.md, in the same order', () => {
  const { dependencies } = JSON.parse(read('package.json')) as {
    dependencies: Readonly<Record<string, string>>
  }
  const section = read('CONTRIBUTING.md').split('## Runtime dependencies')[1] ?? ''
  const justified = [...section.matchAll(/^- `([^`]+)`: \S/gm)].map((match) => match[1])
  expect(justified).toEqual(Object.keys(dependencies))
})
