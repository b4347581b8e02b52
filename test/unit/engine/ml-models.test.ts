import { describe, expect, it } from '@jest/globals'
import type { EngineRequest, EngineRequester } from '../../../src/engine/client.js'
import { EngineResponseError } from '../../../src/engine/failure.js'
import { findMlModel, updateMlModel } from '../../../src/engine/ml-models.js'

/** Fails with one error after another, then answers everything. */
function failing(...errors: EngineResponseError[]): EngineRequester & { readonly asked: string[] } {
  const asked: string[] = []
  const request = ({ method, path }: EngineRequest) => {
    asked.push(`${method} ${path}`)
    const error = errors.shift()
    return error === undefined ? Promise.resolve({ status: 200, body: {} }) : Promise.reject(error)
  }
  return { asked, request }
}

const conflict = () => new EngineResponseError('version conflict', 409, 'version_conflict_engine_exception')

describe('updateMlModel', () => {
  it('writes again what met a write of the state that ml-commons keeps of a model', async () => {
    const client = failing(conflict(), conflict())
    await updateMlModel(client, 'm/1', { description: 'd', connector: {} })
    const put = 'PUT /_plugins/_ml/models/m%2F1'
    const deploy = ['_undeploy', '_deploy'].map((step) => `POST /_plugins/_ml/models/m%2F1/${step}`)
    expect(client.asked).toEqual([put, put, put, ...deploy])
  })

  it('does not repeat what is refused for another reason', async () => {
    const client = failing(new EngineResponseError('no such model', 404, 'status_exception'))
    await expect(updateMlModel(client, '1', {})).rejects.toThrow('no such model')
    expect(client.asked).toHaveLength(1)
  })
})

describe('findMlModel', () => {
  it('says what is missing where the engine has no ml-commons', async () => {
    const unknown = new EngineResponseError('no handler found for uri', 400, '')
    await expect(findMlModel(failing(unknown), 'docs')).rejects.toThrow(
      'no handler found for uri; the plugin ml-commons is not there; full distributions of OpenSearch have it',
    )
  })
})
