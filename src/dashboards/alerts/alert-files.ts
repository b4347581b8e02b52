import type { JsonObject } from '../../engine/json.js'
import type { Product } from '../bundle.js'
import { ALERT_RULES } from './alert-rules.js'
import { toKibanaRule } from './kibana-rule.js'
import { toOpenSearchMonitor } from './opensearch-monitor.js'

/** One alert rule, as its product's API takes it. */
export interface AlertFile {
  /** For example `slow-searches.json`. */
  readonly name: string
  readonly body: JsonObject
}

/** The examples of alert rules, the same at every call. */
export function alertFiles(product: Product): readonly AlertFile[] {
  const convert = product === 'kibana' ? toKibanaRule : toOpenSearchMonitor
  return ALERT_RULES.map((rule) => ({ name: `${rule.id}.json`, body: convert(rule) }))
}

/** @returns what stands in the file */
export function alertText({ body }: AlertFile): string {
  return `${JSON.stringify(body, null, 2)}\n`
}
