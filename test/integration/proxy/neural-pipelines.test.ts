import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { arrayMember, member } from '../../../src/engine/json.js'
import { uniqueName } from '../../engines.js'
import { comparable, hitsOf } from './neural-answers.js'
import { describeNeural, type NeuralFixture, openNeuralFixture, randomTexts } from './neural-fixture.js'

const TWO_PHASE = JSON.parse(
  readFileSync(new URL('../../../pipelines/search/two-phase.json', import.meta.url), 'utf8'),
) as object

describeNeural(
  "a neural_sparse query through the proxy, where OpenSearch's search pipelines are at work",
  () => {
    let fixture: NeuralFixture
    let search: string

    beforeAll(async () => {
      fixture = await openNeuralFixture()
      search = `/${fixture.index}/_search`
    })
    afterEach(() => byDefault(null))
    afterAll(() => fixture.close())

    /** Puts a pipeline under a name of its own. */
    const pipelineOf = async (body: object) => {
      const name = uniqueName('pipeline')
      await fixture.client.request({ method: 'PUT', path: `/_search/pipeline/${name}`, body })
      return name
    }
    const byDefault = (pipeline: string | null) =>
      fixture.client.request({
        method: 'PUT',
        path: `/${fixture.index}/_settings`,
        body: { 'index.search.default_pipeline': pipeline },
      })
    const asText = (text: string, options: object = {}) => ({
      neural_sparse: { splade: { query_text: text, model_id: fixture.modelId, ...options } },
    })

    it('finds by all tokens, also where the engine would search in two phases', async () => {
      await byDefault(await pipelineOf(TWO_PHASE))
      const counts = new Set<boolean>()
      for (const text of randomTexts(10)) {
        const body = { query: asText(text, { boost: 1.3 }), _source: false, size: 20 }
        const whole = await fixture.direct('POST', `${search}?search_pipeline=_none`, body)
        expect(comparable(await fixture.through('POST', search, body))).toEqual(comparable(whole))
        const inPhases = await fixture.direct('POST', search, body)
        counts.add(
          member(inPhases.json, 'hits', 'total', 'value') === member(whole.json, 'hits', 'total', 'value'),
        )
      }
      // Or the pipeline was not at work.
      expect(counts).toContain(false)
    })

    it('is sorted and rescored there, too', async () => {
      await byDefault(await pipelineOf(TWO_PHASE))
      const query = asText('when the water is cold')
      const rescore = { window_size: 60, query: { rescore_query: { match: { text: 'car' } } } }
      for (const extra of [{ sort: [{ _doc: 'asc' }] }, { rescore }]) {
        const body = { query, _source: false, ...extra }
        const whole = await fixture.direct('POST', `${search}?search_pipeline=_none`, body)
        expect(whole.status).toBe(200)
        expect(comparable(await fixture.through('POST', search, body))).toEqual(comparable(whole))
      }
    })

    it("finds in two phases of its own what the engine's pipeline finds", async () => {
      const pipeline = await pipelineOf(TWO_PHASE)
      for (const text of randomTexts(10)) {
        const rest = { _source: false, size: 10, track_total_hits: false }
        const direct = await fixture.direct('POST', `${search}?search_pipeline=${pipeline}`, {
          query: asText(text),
          ...rest,
        })
        const through = await fixture.through('POST', search, {
          query: { splade: { text, two_phase: true } },
          ...rest,
        })
        expect(comparable(through)).toEqual(comparable(direct))
      }
    })

    it.each([
      ['by parameter', (name: string) => ({ path: `?search_pipeline=${name}`, body: {} })],
      ['in the body', (name: string) => ({ path: '', body: { search_pipeline: name } })],
      ['by default', (name: string) => ({ path: '', body: {}, standard: name })],
    ])('goes through the pipeline that is named %s', async (_, named) => {
      const filter = { filter_query: { query: { match: { text: 'water' } } } }
      const pipeline = await pipelineOf({
        request_processors: [filter],
        response_processors: [{ truncate_hits: { target_size: 3 } }],
      })
      const { path, body, standard = null } = { standard: undefined, ...named(pipeline) }
      await byDefault(standard)
      const asked = { query: asText('when the water is cold'), _source: false, ...body }
      const direct = await fixture.direct('POST', search + path, asked)
      expect(hitsOf(direct)).toHaveLength(3)
      expect(comparable(await fixture.through('POST', search + path, asked))).toEqual(comparable(direct))
    })

    it('needs no model_id, as with a pipeline that has a default for it', async () => {
      const enricher = { neural_query_enricher: { default_model_id: fixture.modelId } }
      await byDefault(await pipelineOf({ request_processors: [enricher] }))
      const body = { query: { neural_sparse: { splade: { query_text: 'a cold car' } } }, _source: false }
      const direct = await fixture.direct('POST', search, body)
      expect(hitsOf(direct).length).toBeGreaterThan(0)
      expect(comparable(await fixture.through('POST', search, body))).toEqual(comparable(direct))
    })

    it('is explained, whatever the default pipeline does to hits', async () => {
      const body = { query: asText('a cold car'), splade_explain: true }
      const plain = await fixture.through('POST', search, body)
      const rename = { rename_field: { field: 'text', target_field: 'body' } }
      const cut = { truncate_hits: { target_size: 4 } }
      await byDefault(await pipelineOf({ response_processors: [rename, cut] }))
      const changed = await fixture.through('POST', search, body)
      expect(hitsOf(changed)).toHaveLength(4)
      expect(member(hitsOf(changed)[0], '_source')).toHaveProperty('body')
      expect(explanationsOf(hitsOf(changed))).toEqual(explanationsOf(hitsOf(plain).slice(0, 4)))
      expect(arrayMember(hitsOf(changed)[0], 'splade_explanation')[0]).toHaveProperty('highlight')
    })
  },
)

const explanationsOf = (hits: readonly unknown[]) => hits.map((hit) => member(hit, 'splade_explanation'))
