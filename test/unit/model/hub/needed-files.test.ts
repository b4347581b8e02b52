import { describe, expect, it } from '@jest/globals'
import { chooseModelFiles, requireInside, requireModelFiles } from '../../../../src/model/hub/needed-files.js'

describe('the files of a model', () => {
  it('are its configuration, tokenizer, weights, licence and card', () => {
    const needed = [
      'config.json',
      'modules.json',
      'router_config.json',
      'sentence_bert_config.json',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'idf.json',
      '1_SpladePooling/config.json',
      'query_0_SparseStaticEmbedding/model.safetensors',
      'model.safetensors.index.json',
      'model-00001-of-00002.safetensors',
      'README.md',
      'LICENSE',
      'LICENSE.txt',
    ]
    const others = [
      '.gitattributes',
      'pytorch_model.bin',
      'training_args.bin',
      'vocab.txt',
      'generation_config.json',
      'docs/README.md',
      'picture.png',
      'onnx/model.onnx',
      'a/b/c/config.json',
    ]
    expect(chooseModelFiles([...needed, ...others])).toEqual(needed)
  })

  it('are an export where there are no safetensors, without its other precisions', () => {
    const paths = ['config.json', 'onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model_O4.onnx']
    expect(chooseModelFiles(paths)).toEqual(['config.json', 'onnx/model.onnx', 'onnx/model.onnx_data'])
  })

  it('are an export even if query weights lie in safetensors of another folder', () => {
    const paths = ['query/model.safetensors', 'onnx/model.onnx']
    expect(chooseModelFiles(paths)).toEqual(paths)
  })
})

describe('a list of files', () => {
  it.each([
    [['config.json', 'tokenizer.json', 'model.safetensors']],
    [['config.json', 'tokenizer.json', 'onnx/model.onnx']],
    [['modules.json', '0_MLM/config.json', '0_MLM/tokenizer.json', '0_MLM/model.safetensors']],
  ])('is a model: %j', (paths) => {
    expect(() => {
      requireModelFiles('a/b', paths)
    }).not.toThrow()
  })

  it.each([
    [[], 'found no files'],
    [['1_SpladePooling/config.json', 'tokenizer.json', 'model.safetensors'], 'it has no config.json; found'],
    [['config.json', 'model.safetensors'], 'it has no tokenizer.json; found config.json'],
    [['config.json', 'tokenizer.json'], 'it has no weights'],
    [['config.json', 'tokenizer.json', 'pytorch_model.bin'], 'save the model as safetensors'],
  ])('is none: %j', (paths, reason) => {
    expect(() => {
      requireModelFiles('a/b', paths)
    }).toThrow(reason)
  })
})

it.each(['', '/a', 'a/../b', './a', 'a//b', 'a\\b', 'C:/a', 'a\0', '..'])('refuses the path %j', (path) => {
  expect(() => {
    requireInside(path)
  }).toThrow('unsafe path')
})
