import * as ort from 'onnxruntime-node'

export type Feed = BigInt64Array | Int32Array | Float32Array

/**
 * Runs a serialised graph once in onnxruntime.
 *
 * @param folder where the graph's external data lies
 * @param feeds values and dimensions by input name
 */
export async function runGraph(
  graph: Uint8Array,
  feeds: Readonly<Record<string, readonly [Feed, readonly number[]]>>,
  folder?: string,
): Promise<Readonly<Record<string, { readonly dims: readonly number[]; readonly data: unknown }>>> {
  const session = await ort.InferenceSession.create(graph, {
    logSeverityLevel: 3,
    ...(folder !== undefined && {
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    }),
  })
  try {
    const inputs = Object.entries(feeds).map(([name, [data, dims]]) => [name, toTensor(data, dims)])
    return await session.run(Object.fromEntries(inputs) as Record<string, ort.Tensor>)
  } finally {
    await session.release()
  }
}

function toTensor(data: Feed, dims: readonly number[]): ort.Tensor {
  if (data instanceof BigInt64Array) return new ort.Tensor('int64', data, dims)
  if (data instanceof Int32Array) return new ort.Tensor('int32', data, dims)
  return new ort.Tensor('float32', data, dims)
}
