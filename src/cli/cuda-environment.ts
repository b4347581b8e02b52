/**
 * Lets CUDA multiply f32 as f32. By default it does so in TF32, with 10 bits of mantissa, and term weights are off by
 * 1e-3 and more. onnxruntime's binding for Node has no option for it, so this sets a variable of the process, which
 * cuBLAS reads when it starts; one that is set already stays, so that `NVIDIA_TF32_OVERRIDE=1` gives TF32.
 */
export function refuseTf32(): void {
  process.env.NVIDIA_TF32_OVERRIDE ??= '0'
}
