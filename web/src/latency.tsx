import type { Timings } from '../../src/web/api.js'
import { useWords } from './language.js'
import { milliseconds } from './strings.js'

/** Where the time of a search went. */
export function Latency({ timings }: { readonly timings: Timings }) {
  const words = useWords()
  const { encode, bm25, sparse, fuse, explain } = timings
  const stages = [
    { name: 'encode', ms: encode },
    { name: 'bm25', ms: bm25.total, engine: bm25.engine },
    { name: 'sparse', ms: sparse.total, engine: sparse.engine },
    { name: 'fuse', ms: fuse },
    { name: 'explain', ms: explain },
  ] as const
  const longest = Math.max(...stages.map(({ ms }) => ms))
  return (
    <section class="card" aria-labelledby="latency-title">
      <h2 id="latency-title">{words.latency}</h2>
      <ul class="bars latency">
        {stages.map((stage) => (
          <li key={stage.name} class="bar" data-stage={stage.name}>
            <span class="term">{words.stages[stage.name]}</span>
            <span class="track" aria-hidden="true">
              <span style={{ width: `${Math.max(1, (stage.ms / longest) * 100)}%` }} />
            </span>
            <span class="figure">
              {milliseconds(stage.ms)}
              {'engine' in stage && <small>{words.ofWhichEngine(milliseconds(stage.engine))}</small>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
