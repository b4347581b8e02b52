import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** What may be asked for; `auto` is CUDA where it works, else the CPU. */
export const DEVICE_NAMES = ['auto', 'cpu', 'cuda'] as const
export type DeviceName = (typeof DEVICE_NAMES)[number]

/** What computes, and why. */
export interface DeviceReport {
  readonly asked: DeviceName
  readonly device: 'cpu' | 'cuda'
  /** One line, for example why CUDA was not taken. */
  readonly reason: string
}

/** Says in one line why CUDA cannot work here; undefined if it may. */
export type CudaProbe = () => Promise<string | undefined>

/**
 * Opens something on the device that was asked for. CUDA that does not work is no error, even where it was asked
 * for: the report says so, and the caller may warn.
 *
 * @param open tries a device; whatever it throws for `cuda` becomes the reason, for `cpu` it is thrown
 */
export async function openOnDevice<Opened>(
  asked: DeviceName,
  open: (device: 'cpu' | 'cuda') => Promise<Opened>,
  probe: CudaProbe = probeCuda,
): Promise<readonly [Opened, DeviceReport]> {
  if (asked === 'cpu') return [await open('cpu'), { asked, device: 'cpu', reason: 'asked for' }]
  const obstacle = await probe()
  if (obstacle === undefined) {
    try {
      const reason = asked === 'cuda' ? 'asked for' : 'onnxruntime offers it, and the model loads on it'
      return [await open('cuda'), { asked, device: 'cuda', reason }]
    } catch (error) {
      return [await open('cpu'), { asked, device: 'cpu', reason: `CUDA failed: ${firstLine(error)}` }]
    }
  }
  return [await open('cpu'), { asked, device: 'cpu', reason: `no CUDA: ${obstacle}` }]
}

/** File name of onnxruntime's CUDA part, which its npm package downloads when it is installed. */
const CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so'

/**
 * Looks for onnxruntime's CUDA library. Trying without it would print an error of the native library's own.
 *
 * @param packageFolder default: where onnxruntime-node is installed
 */
export async function probeCuda(packageFolder = onnxruntimeFolder()): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `onnxruntime-node has it for Linux on x64 only, this is ${process.platform} on ${process.arch}`
  const files = await readdir(join(packageFolder, 'bin'), { recursive: true }).catch(() => [])
  if (files.some((file) => file.endsWith(join('linux', 'x64', CUDA_LIBRARY)))) return undefined
  return `onnxruntime-node is installed without ${CUDA_LIBRARY} (docs/models.md says how to add it)`
}

function onnxruntimeFolder(): string {
  return join(createRequire(import.meta.url).resolve('onnxruntime-node'), '..', '..')
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.trim().split('\n', 1)[0] ?? ''
}
