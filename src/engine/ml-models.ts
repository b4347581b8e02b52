import { setTimeout } from 'node:timers/promises'
import { EngineError } from '../errors.js'
import type { EngineRequest, EngineRequester, EngineResponse } from './client.js'
import { EngineResponseError } from './failure.js'
import { arrayMember, isObject, type JsonObject, member, stringMember } from './json.js'
import { objectAt } from './setup-files.js'

/** A model of ml-commons that calls a server, under the id that ml-commons gave it. */
export interface MlModel {
  readonly id: string
  /** As it was registered, without the credential, which ml-commons gives to nobody. */
  readonly body: JsonObject
}

const ML = '/_plugins/_ml'

/** A text that every encoder has tokens for. */
const SAMPLE = 'a sample text'

/**
 * Models have ids of ml-commons' making, and names that several may share; the oldest counts.
 *
 * @returns undefined where there is none of that name
 * @throws EngineError where the engine has no ml-commons
 */
export async function findMlModel(client: EngineRequester, name: string): Promise<MlModel | undefined> {
  const { body } = await requestMl(client, 'POST', '/models/_search', {
    query: { term: { 'name.keyword': name } },
    sort: [{ created_time: 'asc' }],
    size: 1,
  })
  const [hit] = arrayMember(member(body, 'hits'), 'hits')
  const id = stringMember(hit, '_id')
  if (id === undefined) return undefined
  const { description, connector, algorithm } = objectAt(hit, '_source')
  const sent = isObject(connector) ? { connector: asSent(connector) } : {}
  return { id, body: { name, function_name: String(algorithm).toLowerCase(), description, ...sent } }
}

/** ml-commons gives back the names of actions in capitals. */
function asSent(connector: JsonObject): JsonObject {
  const actions = arrayMember(connector, 'actions').map((action) =>
    isObject(action) ? { ...action, action_type: String(action.action_type).toLowerCase() } : action,
  )
  return { ...connector, actions }
}

/** @returns the model's id */
export async function registerMlModel(client: EngineRequester, model: JsonObject): Promise<string> {
  const { body } = await requestMl(client, 'POST', '/models/_register', model, { deploy: true })
  const id = stringMember(body, 'model_id')
  if (id === undefined) {
    throw new EngineError(
      'ml-commons registered a model without saying its id: OpenSearch 2.13 or later does',
      0,
    )
  }
  return id
}

/** The new connector is in use from the next call on: a model that stays deployed would take a while to notice it. */
export async function updateMlModel(client: EngineRequester, id: string, model: JsonObject): Promise<void> {
  const { description, connector } = model
  const path = `/models/${encodeURIComponent(id)}`
  await pastConflicts(() => requestMl(client, 'PUT', path, { description, connector }))
  for (const step of ['_undeploy', '_deploy'])
    await pastConflicts(() => requestMl(client, 'POST', `${path}/${step}`, {}))
}

const CONFLICT_TRIES = 20
const CONFLICT_WAIT_MS = 250

/** While a model is deployed, which a call of it sets off, ml-commons writes down its state beside everybody else. */
async function pastConflicts(write: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await write()
      return
    } catch (error) {
      const isConflict = error instanceof EngineResponseError && error.status === 409
      if (!isConflict || tries === CONFLICT_TRIES) throw error
      await setTimeout(CONFLICT_WAIT_MS)
    }
  }
}

/**
 * Lets a model encode a text.
 *
 * @returns token -> weight, as the server that it calls has sent them
 * @throws EngineError saying why the engine got none: the server is away, not allowed, or does not take the key
 */
export async function callMlModel(
  client: EngineRequester,
  id: string,
  text = SAMPLE,
): Promise<ReadonlyMap<string, number>> {
  const path = `/models/${encodeURIComponent(id)}/_predict`
  const { body } = await requestMl(client, 'POST', path, { parameters: { input: [text] } })
  const [output] = arrayMember(arrayMember(body, 'inference_results')[0], 'output')
  const weights = arrayMember(member(output, 'dataAsMap'), 'response')[0]
  return new Map(
    Object.entries(isObject(weights) ? weights : {}).flatMap(([token, weight]): [string, number][] =>
      typeof weight === 'number' ? [[token, weight]] : [],
    ),
  )
}

async function requestMl(
  client: EngineRequester,
  method: 'POST' | 'PUT',
  path: string,
  body: object,
  query: EngineRequest['query'] = {},
): Promise<EngineResponse> {
  try {
    return await client.request({ method, path: `${ML}${path}`, body, query })
  } catch (error) {
    const remedy = REMEDIES.find(([sign]) => error instanceof EngineResponseError && sign.test(error.message))
    if (remedy === undefined) throw error
    throw new EngineError(`${(error as Error).message}; ${remedy[1]}`, 0, { cause: error })
  }
}

/** What an administrator has to allow, or a server's keeper to mend. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/no handler found/, 'the plugin ml-commons is not there; full distributions of OpenSearch have it'],
  [
    /trusted connector endpoint/i,
    'allow the address in the cluster setting plugins.ml_commons.trusted_connector_endpoints_regex',
  ],
  [/private ip/i, 'set plugins.ml_commons.connector.private_ip_enabled to true in the cluster'],
  [/bearer token/, 'SPLADE_BRIDGE_ENCODER_KEY has to be the key that the encoder server was started with'],
]
