import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { onlyJson, type RunningCli, useCliHome } from './cli-process.js'

interface StartedEngine {
  readonly url: string
  readonly pid: number
  readonly engine: string
  readonly version: string
  readonly dataDir: string
}

describe('splade-bridge engine', () => {
  const home = useCliHome()

  it('starts a node that stays, is found by the other commands, and stops without a trace', async () => {
    const started = await home.run(['engine', 'start', '--detach', '--json', '--heap-mb', '512'])
    const engine = onlyJson(started) as StartedEngine
    try {
      expect(Object.keys(engine)).toEqual(['url', 'pid', 'engine', 'version', 'dataDir'])
      const node = (await (await fetch(engine.url)).json()) as object
      expect(node).toMatchObject({ version: { distribution: 'opensearch', number: engine.version } })

      const status = onlyJson(await home.run(['engine', 'status', '--json']))
      expect(status).toEqual([expect.objectContaining({ ...engine, health: 'green' })])
      expect((await home.run(['engine', 'status'])).out).toContain(`${engine.url}  pid ${engine.pid}`)

      const doctor = onlyJson(await home.run(['doctor', '--json'])) as { readonly settings: object }
      expect(doctor.settings).toContainEqual({ name: 'url', value: engine.url, source: 'running engine' })

      const other = await home.run(['engine', 'stop', '--pid', '1'])
      expect([other.code, other.out]).toEqual([1, ''])
      expect(other.err).toContain('no detached node has process id 1')
    } finally {
      const stopped = onlyJson(await home.run(['engine', 'stop', '--json']))
      expect(stopped).toEqual([expect.objectContaining({ pid: engine.pid, url: engine.url })])
    }
    await expect(fetch(engine.url)).rejects.toThrow()
    await expect(access(engine.dataDir)).rejects.toThrow('ENOENT')
    expect(onlyJson(await home.run(['engine', 'status', '--json']))).toEqual([])
    expect((await home.run(['engine', 'stop'])).out).toBe('no detached node is running\n')
  })

  it('fetches engines, or tells where they are', async () => {
    const fetched = await home.run(['engine', 'fetch', 'opensearch-3', 'elasticsearch-9', '--json'])
    const engines = onlyJson(fetched) as readonly { engine: string; folder: string }[]
    expect(engines.map(({ engine }) => engine)).toEqual(['opensearch-3', 'elasticsearch-9'])
    for (const { folder } of engines) await access(join(folder, 'launcher.jar'))
    const [first] = engines
    expect((await home.run(['engine', 'fetch'])).out).toBe(`opensearch-3 is in ${first?.folder}\n`)
    expect(await home.run(['engine', 'fetch', 'solr'])).toMatchObject({ code: 2, out: '' })
  })

  it('keeps a node in the foreground until Ctrl-C', async () => {
    const { engine, running } = await startInForeground()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect((await fetch(engine.url)).status).toBe(200)
    running.child.kill('SIGINT')
    expect(await running.result).toMatchObject({ code: 0, err: expect.stringContaining('stopping…') })
    await expect(fetch(engine.url)).rejects.toThrow()
  })

  it('fails when a node in the foreground ends by itself, and names its log', async () => {
    const { engine, running } = await startInForeground()
    process.kill(engine.pid, 'SIGKILL')
    const { code, err } = await running.result
    expect(code).toBe(1)
    expect(err).toMatch(/\nerror: the node has ended by itself; its log says why: \S+\.log\n$/)
    await expect(access(engine.dataDir)).rejects.toThrow('ENOENT')
  })

  async function startInForeground(): Promise<{ engine: StartedEngine; running: RunningCli }> {
    const running = home.start(['engine', 'start', '--heap-mb', '512', '--json'])
    const line = await new Promise<string>((resolve) => running.child.stdout.once('data', resolve))
    return { engine: JSON.parse(line) as StartedEngine, running }
  }
})
