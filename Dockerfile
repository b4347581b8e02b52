# Two images of one program:
#   docker build --target cpu  --tag splade-bridge:0.1.0 .
#   docker build --target cuda --tag splade-bridge-cuda:0.1.0 .     # Linux on x64; run it with --gpus 1
#
#   docker run --rm --network host splade-bridge:0.1.0 search "what people ask"
#
# The embedded engines are not in them: those need a JDK, and here the engine is a container of its own.

FROM node:22.20.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install script is needed on a CPU; what the build itself needs is run by name below.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY web web
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts \
 # Native libraries of other systems are half of the image.
 && rm -rf node_modules/onnxruntime-node/bin/napi-v*/darwin node_modules/onnxruntime-node/bin/napi-v*/win32

# CUDA's part of onnxruntime is downloaded by the install script of its package.
FROM build AS build-cuda
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node

# What both images have beside Node.js and the dependencies.
FROM scratch AS program
COPY package.json LICENSE NOTICE /app/
COPY mappings /app/mappings
COPY pipelines /app/pipelines
COPY dashboards /app/dashboards
COPY examples /app/examples
COPY models /app/models
COPY --from=build /app/dist /app/dist

FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04 AS cuda
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build-cuda /app/node_modules /app/node_modules
COPY --from=program /app /app
# Caches, checkpoints and added models: mount a volume where they are to last, or where the root is read-only.
RUN install -d -o 10001 -g 10001 /cache /state /data /work
ENV NODE_ENV=production XDG_CACHE_HOME=/cache XDG_STATE_HOME=/state XDG_DATA_HOME=/data
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["--help"]

FROM node:22.20.0-bookworm-slim AS cpu
COPY --from=build /app/node_modules /app/node_modules
COPY --from=program /app /app
RUN install -d -o 10001 -g 10001 /cache /state /data /work
ENV NODE_ENV=production XDG_CACHE_HOME=/cache XDG_STATE_HOME=/state XDG_DATA_HOME=/data
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["--help"]
