"""The peer of throughput.ts: sentence-transformers' SparseEncoder, one JSON command a line.

    python bench/encoder/sentence_transformers_worker.py MODEL_FOLDER --dtype float32 --threads 2 --device cpu
"""

import argparse
import json
import platform
import sys
import time

import sentence_transformers
import torch
import transformers
from sentence_transformers import SparseEncoder


def start_peak():
    """Linux: from here on, VmHWM is the peak since this moment. Gives the resident set, bytes."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return peak_bytes()


def peak_bytes():
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def finish(device):
    """What a GPU was given is still in its queue when the call returns."""
    if device == "cuda":
        torch.cuda.synchronize()


def matmul_peak(dtype, device):
    """Best rate of a large square product, in operations a second."""
    size = 2048 if device == "cpu" else 8192
    a, b = (torch.randn(size, size, dtype=dtype, device=device) for _ in range(2))
    best = float("inf")
    for _ in range(8):
        started = time.perf_counter()
        a @ b
        finish(device)
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def encode(encoder, texts, batch_size):
    rest = start_peak()
    started = time.perf_counter()
    vectors = encoder.encode(texts, batch_size=batch_size, convert_to_sparse_tensor=True, show_progress_bar=False)
    vectors = vectors.to("cpu")  # where whoever indexes them needs them; ours gives them there, too
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "restBytes": rest, "peakBytes": peak_bytes(), "terms": int((vectors.to_dense() > 0).sum())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dtype = getattr(torch, options.dtype)
    encoder = SparseEncoder(options.folder, device=options.device, model_kwargs={"dtype": dtype})
    versions = {m.__name__: m.__version__ for m in (sentence_transformers, torch, transformers)}
    encode(encoder, ["w5 w6"], 1)  # weights are mapped: they come into memory with the first run
    if options.device == "cuda":
        versions["gpu"] = torch.cuda.get_device_name()
    print(json.dumps({"versions": versions | {"python": platform.python_version()}}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "peak":
            answer = {"operationsPerSecond": matmul_peak(torch.float32, options.device)}
        else:
            answer = encode(encoder, command["texts"], command["batchSize"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
