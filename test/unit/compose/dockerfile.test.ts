import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

interface Stage {
  readonly image: string
  readonly name: string
  readonly instructions: readonly (readonly [name: string, argument: string])[]
}

/** Stages of the Dockerfile, continued lines joined, comments left out. */
const stages = read('Dockerfile')
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split(/^FROM /m)
  .slice(1)
  .map((text): Stage => {
    const [from = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '')
    const [image = '', name = ''] = from.split(' AS ')
    const instructions = lines.map((line) => {
      const [instruction = '', ...rest] = line.split(' ')
      return [instruction, rest.join(' ')] as const
    })
    return { image, name, instructions }
  })
const finals = stages.filter(({ name }) => name === 'cpu' || name === 'cuda')
const argumentsOf = ({ instructions }: Stage, wanted: string): readonly string[] =>
  instructions.filter(([name]) => name === wanted).map(([, argument]) => argument)

describe('the Dockerfile', () => {
  it('pins every image that it begins with', () => {
    const known = ['scratch', ...stages.map(({ name }) => name)]
    const foreign = stages.map(({ image }) => image).filter((image) => !known.includes(image))
    expect(foreign.length).toBeGreaterThan(0)
    for (const image of foreign) expect(image).toMatch(/^[\w/]+:\d+\.\d+\.\d+-[\w.-]+$/)
  })

  it('copies what there is, and the context lets it in', () => {
    const allowed = read('.dockerignore').match(/^!.+$/gm)
    const copied = stages.flatMap((stage) =>
      argumentsOf(stage, 'COPY')
        .filter((argument) => !argument.startsWith('--from'))
        .flatMap((argument) => argument.split(' ').slice(0, -1)),
    )
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    expect(new Set(copied.map((path) => `!${path}`))).toEqual(new Set(allowed))
  })

  it('has in its images all that the package has but the engines', () => {
    const { files } = JSON.parse(read('package.json')) as { files: readonly string[] }
    const wanted = files.filter((file) => !/^(engine\/|!)/.test(file)).map((file) => `/app/${file}`)
    const program = stages.find(({ name }) => name === 'program')!
    const copies = argumentsOf(program, 'COPY').flatMap((argument) => {
      const words = argument.split(' ').filter((word) => !word.startsWith('--'))
      const target = words.at(-1)!
      return target.endsWith('/') ? words.slice(0, -1).map((word) => `${target}${word}`) : [target]
    })
    expect(copies).toEqual(expect.arrayContaining(wanted))
  })

  it.each(finals.map((stage): [string, Stage] => [stage.name, stage]))(
    'ends %s as a user who is nobody, by number as Kubernetes checks it',
    (_name, stage) => {
      expect(argumentsOf(stage, 'USER')).toEqual(['10001:10001'])
      expect(argumentsOf(stage, 'ENTRYPOINT')).toEqual(['["node", "/app/dist/cli/main.js"]'])
    },
  )

  it('has the target that docker-compose.yml builds, in the version of the package', () => {
    const { services } = parse(read('docker-compose.yml')) as {
      services: Readonly<Record<string, { image: string; build?: { target: string } }>>
    }
    const { version } = JSON.parse(read('package.json')) as { version: string }
    const { image, build } = services.proxy!
    expect(finals.map(({ name }) => name)).toContain(build?.target)
    expect(image).toBe(`splade-bridge:${version}`)
  })
})
