import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { type CudaProbe, type DeviceReport, openOnDevice, probeCuda } from '../../../src/inference/device.js'
import { createSession } from '../../../src/inference/splade-session.js'
import { openGraphRunner } from '../../../src/inference/graph-runner.js'
import { loadModelBundle } from '../../../src/model/bundle.js'
import { quantizeModel } from '../../../src/model/quantize/quantize-model.js'
import { tinyBert, useTemporaryFolder, writeModelFolder } from '../../model-folder.js'

const folder = useTemporaryFolder()
/** Why CUDA cannot work on the machine of this test; undefined on one with a GPU. */
const obstacle = await probeCuda()
const itWithoutCuda = obstacle === undefined ? it.skip : it
const present: CudaProbe = () => Promise.resolve(undefined)
const absent: CudaProbe = () => Promise.resolve('no such library')

/** Opens the CPU, and CUDA unless it is given an error. */
const opener = (failure?: string) => (device: string) =>
  device === 'cuda' && failure !== undefined ? Promise.reject(new Error(failure)) : Promise.resolve(device)

describe('openOnDevice', () => {
  it.each([
    ['cpu', present, undefined, 'cpu', 'asked for'],
    ['cuda', present, undefined, 'cuda', 'asked for'],
    ['auto', present, undefined, 'cuda', 'onnxruntime offers it, and the model loads on it'],
    ['auto', absent, undefined, 'cpu', 'no CUDA: no such library'],
    ['cuda', absent, undefined, 'cpu', 'no CUDA: no such library'],
    ['auto', present, 'no device\nat gpu.cc:12', 'cpu', 'CUDA failed: no device'],
    ['cuda', present, 'out of memory', 'cpu', 'CUDA failed: out of memory'],
  ] as const)('for %s (%p, error %s) takes %s', async (asked, probe, failure, device, reason) => {
    const [opened, report] = await openOnDevice(asked, opener(failure), probe)
    expect(opened).toBe(device)
    expect(report).toEqual({ asked, device, reason })
  })

  it('throws what the CPU says', async () => {
    const broken = (device: string) => Promise.reject(new Error(`${device} is broken`))
    await expect(openOnDevice('auto', broken, present)).rejects.toThrow('cpu is broken')
  })

  itWithoutCuda('computes on the CPU where the CUDA library cannot be loaded', async () => {
    const directory = await writeModelFolder(join(folder.path, 'tiny'), tinyBert())
    const graph = await (await loadModelBundle(directory)).writeGraph({ padded: false })
    const [runner, report] = await openOnDevice(
      'cuda',
      (provider) => openGraphRunner(graph, 'tiny', { provider }),
      present,
    )
    await runner.close()
    expect(report).toMatchObject({ device: 'cpu', asked: 'cuda' })
    expect(report.reason).toMatch(/^CUDA failed: onnxruntime cannot load model tiny: .*shared library/)
  })
})

describe('probeCuda', () => {
  it('names the library that is missing', async () => {
    expect(await probeCuda(folder.path)).toContain('libonnxruntime_providers_cuda.so')
  })

  it('finds the library where the package puts it', async () => {
    const libraries = join(folder.path, 'bin', 'napi-v6', 'linux', 'x64')
    await mkdir(libraries, { recursive: true })
    await writeFile(join(libraries, 'libonnxruntime_providers_cuda.so'), '')
    expect(await probeCuda(folder.path)).toBeUndefined()
  })
})

describe('createSession', () => {
  it('says what computes', async () => {
    const reports: string[] = []
    const bundle = await loadModelBundle(join(folder.path, 'tiny'))
    for (const device of ['auto', 'cpu', 'cuda'] as const) {
      const session = await createSession(bundle, {
        device,
        onDevice: (report) => reports.push(`${report.asked} ${report.device}`),
      })
      await session.close()
    }
    const best = obstacle === undefined ? 'cuda' : 'cpu'
    expect(reports).toEqual([`auto ${best}`, 'cpu cpu', `cuda ${best}`])
  })

  it('computes 8-bit weights on the CPU, and says why', async () => {
    const directory = await writeModelFolder(join(folder.path, 'small'), tinyBert())
    await quantizeModel(directory, 'int8')
    const reports: DeviceReport[] = []
    const session = await createSession(await loadModelBundle(directory, { precision: 'int8' }), {
      device: 'cuda',
      onDevice: (report) => reports.push(report),
    })
    await session.close()
    expect(reports).toEqual([
      {
        asked: 'cuda',
        device: 'cpu',
        reason: 'no CUDA: the weights of small in int8 are for the CPU; f16 and f32 are for CUDA',
      },
    ])
  })
})
