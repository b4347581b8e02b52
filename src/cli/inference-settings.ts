import { ConfigurationError } from '../errors.js'
import { DEVICE_NAMES, type DeviceName, type DeviceReport } from '../inference/device.js'
import { type Precision, PRECISIONS } from '../model/precision.js'
import type { SettingName, Settings } from './settings.js'
import { note, type Terminal } from './terminal.js'

/** How a model's weights are computed with, as far as the settings say. */
export interface InferenceSettings {
  /** CPU threads, all together. */
  readonly threads?: number
  readonly device?: DeviceName
  readonly precision?: Precision
}

/** Names of the settings that {@link inferenceSettings} reads. */
export const INFERENCE_SETTINGS: readonly SettingName[] = ['threads', 'device', 'precision']

/** @throws ConfigurationError naming the setting, its rule and where the value came from */
export function inferenceSettings(settings: Settings): InferenceSettings {
  const threads = settings.values.get('threads')
  const device = oneOf(settings, 'device', DEVICE_NAMES)
  const precision = oneOf(settings, 'precision', PRECISIONS)
  if (threads !== undefined && !/^[1-9]\d{0,3}$/.test(threads.value))
    throw new ConfigurationError('threads', `(${threads.source}) must be an integer >= 1`, threads.value)
  return {
    ...(threads !== undefined && { threads: Number(threads.value) }),
    ...(device !== undefined && { device }),
    ...(precision !== undefined && { precision }),
  }
}

function oneOf<Name extends string>(
  { values }: Settings,
  setting: SettingName,
  names: readonly Name[],
): Name | undefined {
  const given = values.get(setting)
  if (given === undefined) return undefined
  const found = names.find((name) => name === given.value)
  if (found !== undefined) return found
  throw new ConfigurationError(setting, `(${given.source}) must be one of ${names.join(', ')}`, given.value)
}

/** Warns, once, that CUDA was asked for and does not work. */
export function deviceWarning(terminal: Terminal): (report: DeviceReport) => void {
  return ({ asked, device, reason }) => {
    if (asked === device || asked === 'auto') return
    note(
      terminal,
      `warning: the ${device.toUpperCase()} computes instead of ${asked.toUpperCase()}: ${reason}`,
    )
  }
}
